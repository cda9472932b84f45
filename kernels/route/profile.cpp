#include "kernels/route/profile.h"

#include "kernels/route/profile_definitions.h"

namespace vigil {

std::vector<std::string> profile_names()
{
    std::vector<std::string> names;
    for (const ProfileDefinition& definition : profile_definitions()) {
        names.emplace_back(definition.name);
    }
    return names;
}

std::string_view profile_text(std::string_view name)
{
    for (const ProfileDefinition& definition : profile_definitions()) {
        if (definition.name == name) {
            return definition.text;
        }
    }
    return {};
}

} // namespace vigil
