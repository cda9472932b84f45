#pragma once

namespace vigil::io {

/// A stateless deleter from a C closing function, for std::unique_ptr.
template <auto Close>
struct CloseWith {
    template <typename T>
    void operator()(T* handle) const noexcept
    {
        Close(handle);
    }
};

} // namespace vigil::io
