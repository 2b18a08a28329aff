# What is installed, where GNU puts it: `cmake --install build --prefix /usr/local`, and the .deb of deploy/package/deb.sh.
include(GNUInstallDirs)

set(CARAVAN_PRIVATE_LIBRARY "" CACHE FILEPATH
    "A shared library to carry along in lib/caravan, for a system that does not have it (deploy/package/deb.sh)")
if(CARAVAN_PRIVATE_LIBRARY)
    file(REAL_PATH "${CARAVAN_PRIVATE_LIBRARY}" private_library)
    cmake_path(GET CARAVAN_PRIVATE_LIBRARY FILENAME private_name)
    set_target_properties(caravan PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}/caravan")
    install(FILES "${private_library}" DESTINATION "${CMAKE_INSTALL_LIBDIR}/caravan" RENAME "${private_name}")
endif()

install(TARGETS caravan RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES README.md CHANGELOG.md LICENSE deploy/NOTICE DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY schemas/ DESTINATION "${CMAKE_INSTALL_DOCDIR}/schemas" FILES_MATCHING PATTERN "*.md" PATTERN "*.json" PATTERN "*.yaml"
    PATTERN examples EXCLUDE)
if(LIBRDKAFKA STREQUAL "bundled")
    install(FILES "${librdkafka_root}/share/licenses/librdkafka/LICENSES.txt" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
        RENAME librdkafka.LICENSES.txt)
endif()

# Man pages, completion and the bill of materials are made by running the program. Under a sanitizer they would be slow,
# and nobody installs that.
if(CARAVAN_SANITIZE STREQUAL "none" AND NOT CARAVAN_FUZZ)
    set(documents "${CMAKE_BINARY_DIR}/documents")
    file(GLOB scripts CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/deploy/package/*")
    add_custom_command(OUTPUT "${documents}/made" VERBATIM
        COMMAND bash "${CMAKE_SOURCE_DIR}/deploy/package/documents.sh" "$<TARGET_FILE:caravan>" "${documents}"
        COMMAND bash "${CMAKE_SOURCE_DIR}/deploy/package/sbom.sh" "$<TARGET_FILE:caravan>" > "${documents}/caravan.spdx.json"
        COMMAND "${CMAKE_COMMAND}" -E touch "${documents}/made"
        DEPENDS caravan ${scripts}
        COMMENT "Making man pages, completion and bill of materials")
    add_custom_target(documents ALL DEPENDS "${documents}/made")
    install(DIRECTORY "${documents}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" FILES_MATCHING PATTERN "*.1")
    install(DIRECTORY "${documents}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man5" FILES_MATCHING PATTERN "*.5")
    install(FILES "${documents}/completion/caravan" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
    install(FILES "${documents}/caravan.spdx.json" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
endif()

# The unit names the program where it is installed, which is known only then. A configuration that is there stays.
install(CODE "
    set(bindir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}\")
    set(confdir \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SYSCONFDIR}/caravan\")
    if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\")
        set(confdir /etc/caravan)
    endif()
    configure_file(\"${CMAKE_SOURCE_DIR}/deploy/package/caravan@.service.in\"
        \"${CMAKE_BINARY_DIR}/caravan@.service\" @ONLY)
    if(NOT EXISTS \"\$ENV{DESTDIR}\${confdir}/worker.properties\")
        file(INSTALL \"${CMAKE_SOURCE_DIR}/deploy/package/worker.properties\" DESTINATION \"\${confdir}\"
            PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
    endif()")
install(FILES "${CMAKE_BINARY_DIR}/caravan@.service" DESTINATION lib/systemd/system)

# ---- the .deb, by deploy/package/deb.sh, which knows what it depends on

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME caravan)
set(CPACK_PACKAGE_VENDOR Caravan)
set(CPACK_PACKAGE_CONTACT "Caravan <caravan@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "clearance records of freight trains from events on Kafka")
set(CPACK_PACKAGE_DESCRIPTION "Merges the manifest events of China-Europe freight trains into one clearance record
per train, exactly once, as workers on Apache Kafka or as a command over files.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/deploy/package/conffiles"
    "${CMAKE_SOURCE_DIR}/deploy/package/postinst" "${CMAKE_SOURCE_DIR}/deploy/package/prerm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
