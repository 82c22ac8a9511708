# A room is one static library under src/. Its LINKS spell its floor: only rooms below it may stand there
# (docs/architecture.md); tests/lint/floors checks the same of the include lines.
function(cbk_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINKS;FOREIGN" ${ARGN})
  add_library(cbk_${name} STATIC ${ROOM_SOURCES})
  target_include_directories(cbk_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(cbk_${name} PRIVATE cbk_flags)
  foreach(room IN LISTS ROOM_LINKS)
    target_link_libraries(cbk_${name} PUBLIC cbk_${room})
  endforeach()
  target_link_libraries(cbk_${name} PUBLIC ${ROOM_FOREIGN})
endfunction()

# A cmocka program beside the contract it checks: tests/unit/<room>/<file>.c, run by ctest with the label "unit".
function(cbk_unit_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(test_${name} ${TEST_SOURCES})
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/unit)
  target_compile_definitions(test_${name} PRIVATE CBK_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(test_${name} PRIVATE cbk_flags PkgConfig::cmocka)
  foreach(room IN LISTS TEST_LINKS)
    target_link_libraries(test_${name} PRIVATE cbk_${room})
  endforeach()
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS "unit;${TEST_LABELS}")
endfunction()

# Embeds text files as C byte arrays: cbk_embed(target variable_name file).
function(cbk_embed target symbol file)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${file} -DOUTPUT=${out} -DSYMBOL=${symbol} -P ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake
    DEPENDS ${file} ${CMAKE_SOURCE_DIR}/cmake/Embed.cmake)
  target_sources(${target} PRIVATE ${out})
endfunction()
