#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vigil {

/// `text` with & < > " ' as entities and without the control characters that XML forbids.
std::string xml_escaped(std::string_view text);

/// Writes indented XML. Elements close in the reverse order of opening; text() ends in the same line.
class XmlWriter {
  public:
    using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    explicit XmlWriter(std::string prologue) : out_(std::move(prologue)) {}

    void open(std::string_view element, Attributes attributes = {});
    void close();
    /// An element without content.
    void empty(std::string_view element, Attributes attributes = {});
    /// An element that holds only text.
    void text(std::string_view element, std::string_view content, Attributes attributes = {});

    /// The document; every element must be closed.
    [[nodiscard]] std::string done() &&;

  private:
    void start(std::string_view element, Attributes attributes);

    std::string out_;
    std::vector<std::string> open_;
};

} // namespace vigil
