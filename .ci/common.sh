# What the scripts of this folder share; read with ".", not run.

set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${BUILD:-$top/build}")

export DEBIAN_FRONTEND=noninteractive
export LC_ALL=C.UTF-8


say() { printf '%s\n' "$*"; }

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }


# source_files: the files of the project, each with a NUL behind it
source_files() {
    local file

    cd "$top"
    if [ -e .git ] && command -v git > /dev/null; then
        git ls-files -z --cached --others --exclude-standard
    else
        find . -type f ! -path ./.git ! -path './.git/*' ! -path './build/*' \
            ! -path './t/servroot*' ! -path './t/pki/out/*' -print0
    fi | while IFS= read -r -d '' file; do
        [ ! -f "$file" ] || printf '%s\0' "$file"
    done
    cd "$OLDPWD"
}


# version: of the sources; CHANGES.md says it, debian/changelog must agree
version() {
    local version packaged

    version=$(sed -n '1s/^Changes with auth_cert //p' "$top/CHANGES.md")
    packaged=$(sed -n '1s/.*(\(.*\)-[^-]*).*/\1/p' "$top/debian/changelog")

    [[ $version =~ ^[0-9]+(\.[0-9]+)+$ ]] ||
        die "the first line of CHANGES.md has no version"
    [ "$version" = "$packaged" ] ||
        die "CHANGES.md begins with version $version, debian/changelog" \
            "with \"$packaged\""
    say "$version"
}


# retry COMMAND...: package mirrors fail now and then
retry() {
    local pause
    for pause in 2 4 8 16 0; do
        "$@" && return 0
        [ $pause -eq 0 ] || sleep $pause
    done
    return 1
}


# as_root COMMAND...
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}


can_be_root() { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }


# apt ARGUMENT...: waits for another apt's lock instead of failing on it
apt() {
    as_root apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 \
        -o Dpkg::Use-Pty=0 "$@" < /dev/null
}


# apt_quiet ARGUMENT...: shows what apt said only when it failed
apt_quiet() {
    local log status=0

    log=$(mktemp)
    retry apt "$@" > "$log" 2>&1 || status=$?
    [ $status -eq 0 ] || tail -n 30 "$log" >&2
    rm -f "$log"
    return $status
}


# apt_index: the package lists, read once a day or when told so by "fresh"
apt_index() {
    local stamp=/var/lib/apt/lists/partial

    if [ "${1-}" = fresh ] || [ -z "$(find "$stamp" -maxdepth 0 -mtime -1 \
         2>/dev/null)" ] || ! ls /var/lib/apt/lists/*_Packages* \
         > /dev/null 2>&1
    then
        apt_quiet update
    fi
}


# the nginx to build for and to test
nginx_binary() {
    if [ -n "${TEST_NGINX_BINARY-}" ]; then
        say "$TEST_NGINX_BINARY"
    else
        PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx ||
            die "no nginx found in PATH"
    fi
}


# configure_argument NAME: the value that nginx was configured with
configure_argument() {
    "$(nginx_binary)" -V 2>&1 | tr ' ' '\n' | sed -n "s|^--$1=||p" | tail -n 1
}


# the folder of nginx's dynamic modules
modules_path() {
    local path
    path=$(configure_argument modules-path)
    say "${path:-$(configure_argument prefix)/modules}"
}
