#!/bin/sh
# dpkg-shlibdeps for what was built for arm64. CPack calls it without a word about the machine; libraries, and
# the packages that they come in, are looked for in the folder that scripts/arm64_sysroot.sh made.
exec env DEB_HOST_ARCH=arm64 dpkg-shlibdeps -S"$(dirname "$0")/../build/arm64-sysroot" "$@"
