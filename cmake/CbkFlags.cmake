# One interface target that every target of ours links: warnings, language features, sanitizers.
add_library(cbk_flags INTERFACE)
target_compile_definitions(cbk_flags INTERFACE _GNU_SOURCE CBK_VERSION="${PROJECT_VERSION}")
target_compile_options(cbk_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wformat=2 -Wundef -Wvla -fno-common -fstack-protector-strong)
if(CBK_WERROR)
  target_compile_options(cbk_flags INTERFACE -Werror)
endif()
if(CBK_SANITIZE)
  target_compile_options(cbk_flags INTERFACE -fsanitize=${CBK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(cbk_flags INTERFACE -fsanitize=${CBK_SANITIZE})
else()
  target_compile_definitions(cbk_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
if(CBK_FUZZERS)
  target_compile_options(cbk_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
