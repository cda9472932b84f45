# Everything comes from Debian; docs/dependencies.md says what each does for us.
find_package(fmt 9 REQUIRED)
find_package(TBB REQUIRED)
find_package(GDAL 3.6 REQUIRED)
find_package(PROJ 9 REQUIRED)
find_package(GEOS 3.11 REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(ZLIB REQUIRED)
find_package(BZip2 REQUIRED) # libosmium is headers only; these read its compressed and XML files
find_package(EXPAT REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(CAIRO REQUIRED IMPORTED_TARGET cairo)
