include(${PROJECT_SOURCE_DIR}/cmake/embed.cmake)
set(profile_entries "")
foreach(name car truck bus walk rail ferry multimodal)  # in the order they are shown
  embed_entry(profile_entries ${name} ${PROJECT_SOURCE_DIR}/profiles/${name}.profile)
endforeach()
embed_texts(profile_definitions kernels/route/profile_definitions.h ProfileDefinition profile_definitions
  "${profile_entries}")
set(profile_source ${PROJECT_BINARY_DIR}/generated/profile_definitions.cpp)
