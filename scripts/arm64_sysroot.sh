#!/usr/bin/env bash
# arm64_sysroot.sh FOLDER PACKAGE...: unpacks Debian 12's arm64 packages and all that they need into FOLDER,
# for the cross-build. Done again only when the list or this script changes; delete the folder to get newer
# packages.
#
# The machine's own packages stay as they are: apt works with a state and an architecture of its own, and
# nothing is installed. A foreign architecture in dpkg would not do: libpq-dev:arm64 removes libpq-dev.
set -euo pipefail

folder=$(realpath -m -- "$1")
shift
mirror=${SALLYPORT_MIRROR:-http://deb.debian.org}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

wanted=$(printf '%s\n' "$mirror" "$@"; cat "${BASH_SOURCE[0]}")
[ "$(cat "$folder/.made-of" 2>/dev/null || true)" != "$wanted" ] || exit 0

work=$folder.new
trap 'rm -rf "$work" "$work.apt"' EXIT
rm -rf "$work" "$work.apt"
mkdir -p "$work/DEBIAN" "$work.apt"/{state/lists/partial,cache/archives/partial,sources}
touch "$work.apt/status"
cat >"$work.apt/sources/debian.list" <<TEXT
deb [signed-by=$keyring] $mirror/debian bookworm main
deb [signed-by=$keyring] $mirror/debian bookworm-updates main
deb [signed-by=$keyring] $mirror/debian-security bookworm-security main
TEXT

apt_of_its_own() {
    apt-get -q -y -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Debug::NoLocking=true \
        -o Dir::State="$work.apt/state" -o Dir::State::status="$work.apt/status" \
        -o Dir::Cache="$work.apt/cache" -o Dir::Etc::sourcelist=/dev/null \
        -o Dir::Etc::sourceparts="$work.apt/sources" -o APT::Sandbox::User= "$@"
}
apt_of_its_own update
apt_of_its_own install --download-only --no-install-recommends "$@"

# dpkg-shlibdeps takes a tree with DEBIAN/ in it for a package that is being built, and looks there for what a
# library is called and since when it has a symbol (-S); the files of several packages may follow one another.
for package in "$work.apt"/cache/archives/*.deb; do
    dpkg-deb -x "$package" "$work"
    dpkg-deb -e "$package" "$work.apt/control"
    for file in shlibs symbols; do
        [ ! -f "$work.apt/control/$file" ] || cat "$work.apt/control/$file" >>"$work/DEBIAN/$file"
    done
    rm -r "$work.apt/control"
done
# libm.so leads to /lib/...: of this folder, not of the machine, or the linker takes libm.a instead.
find "$work" -type l -lname '/*' -printf '%p %l\n' | while read -r link target; do
    ln -sfnr "$work$target" "$link"
done
printf '%s' "$wanted" >"$work/.made-of"
rm -rf "$folder"
mv "$work" "$folder"
