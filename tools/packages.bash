# What has to be on the machine, and how it gets there: sourced by tests/run and examples/quickstart/run.
# shellcheck shell=bash
#
#   packages_require build test    # sets of rows of the table below
#
# Nothing is touched when nothing is missing. Otherwise the Debian packages are installed by apt-get (Debian 12 or
# newer, Ubuntu 22.04 or newer), as root or with sudo; on other systems the missing things are named.

# set | how to see that it is there | Debian package
packages_table='
build cmd:cc                          gcc
build file:/usr/include/stdlib.h      libc6-dev
build cmd:cmake                       cmake
build cmd:make                        make
build cmd:pkg-config                  pkg-config
build lib:jansson                     libjansson-dev
build lib:yaml-0.1                    libyaml-dev
build lib:libutf8proc                 libutf8proc-dev
build lib:libpcre2-8                  libpcre2-dev
build lib:libcrypto                   libssl-dev
build lib:libcurl                     libcurl4-openssl-dev
build lib:libgit2                     libgit2-dev
build lib:libmicrohttpd               libmicrohttpd-dev
build file:/usr/include/uthash.h      uthash-dev
story cmd:python3                     python3-minimal
story module:json,urllib.request      python3
story cmd:jq                          jq
test  cmd:gcc                         gcc
test  cmd:ninja                       ninja-build
test  lib:cmocka                      libcmocka-dev
test  file:/usr/share/json-schema-test-suite/tests json-schema-test-suite
test  cmd:bats                        bats
test  cmd:flock                       util-linux
test  cmd:ip                          iproute2
test  cmd:strace                      strace
test  cmd:etcd                        etcd-server
test  cmd:ip                          iproute2
test  cmd:openssl                     openssl
test  cmd:losetup                     mount
test  file:/usr/sbin/mkfs.ext4        e2fsprogs
test  file:/usr/sbin/mkfs.xfs         xfsprogs
test  cmd:pgrep                       procps
test  cmd:groff                       groff-base
test  cmd:cmark-gfm                   cmark-gfm
test  cmd:shellcheck                  shellcheck
test  cmd:git                         git
test  cmd:curl                        curl
test  cmd:zsh                         zsh
test  cmd:fish                        fish
test  cmd:clang-format                clang-format
browser cmd:chromium                  chromium
proof file:/usr/sbin/mariadbd         mariadb-server-core
proof cmd:mariadb                     mariadb-client-core
proof any:/usr/lib/postgresql/*/bin/postgres postgresql
proof cmd:redis-check-rdb             redis-tools
sdk   cmd:node                        nodejs
sdk   cmd:npm                         npm
workflows cmd:go                      golang-go
workflows module:venv,ensurepip       python3-venv
full  cmd:clang                       clang
full  runtime:clang                   libclang-rt-dev
full  cmd:valgrind                    valgrind
tidy  cmd:clang-tidy                  clang-tidy
'

# Is it there? cmd: a command; lib: a pkg-config module; file: a path; any: a pattern of paths; module: Python modules; runtime: sanitizers.
packages_has()
{
    local what=${1%%:*} name=${1#*:}
    case $what in
    cmd) command -v "$name" >/dev/null 2>&1 ;;
    lib) pkg-config --exists "$name" >/dev/null 2>&1 ;;
    file) [ -e "$name" ] ;;
    any) compgen -G "$name" >/dev/null ;;
    module) python3 -c "import $name" >/dev/null 2>&1 ;;
    runtime) [ -n "$(find "$("$name" -print-resource-dir 2>/dev/null)/lib" -name 'libclang_rt.fuzzer*' 2>/dev/null)" ] ;;
    esac
}

# The packages of the sets given that are missing, one a line.
packages_missing()
{
    local set probe package
    while read -r set probe package; do
        [[ " $* " == *" ${set:-none} "* ]] && ! packages_has "$probe" && echo "$package"
    done <<<"$packages_table" | sort -u
    return 0
}

# The sanitizers' runtime is a package of its own since clang 14, named after the version.
packages_of_clang()
{
    local version
    version=$(clang -dumpversion 2>/dev/null | cut -d. -f1)
    if apt-cache show "libclang-rt-$version-dev" >/dev/null 2>&1; then
        echo "libclang-rt-$version-dev"
    else
        echo "libclang-common-$version-dev"
    fi
}

# Says what it does only when it fails.
packages_apt()
{
    local root=() said
    [ "$(id -u)" = 0 ] || root=(sudo)
    [ -t 2 ] || [ ${#root[@]} -eq 0 ] || root+=(-n) # nobody is there to type a password
    said=$(DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get -qy "$@" 2>&1 </dev/null) && return 0
    echo "$said" >&2
    return 1
}

packages_install()
{
    local packages=("$@")
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "missing, and this is not a Debian or Ubuntu: ${packages[*]}" >&2
        return 1
    fi
    echo "installing: ${packages[*]}" >&2
    packages_apt update || return
    if [[ " ${packages[*]} " == *" libclang-rt-dev "* ]]; then
        packages_apt install --no-install-recommends clang || return
        mapfile -t packages < <(packages_missing_but_clang "${packages[@]}")
    fi
    mapfile -t packages < <(packages_of_release "${packages[@]}")
    [ ${#packages[@]} -eq 0 ] || packages_apt install --no-install-recommends "${packages[@]}"
}

# Some releases have a version in the name: Ubuntu 22.04 has mariadb-server-core-10.6.
packages_of_release()
{
    local name
    for name; do
        if ! apt-cache show "$name" >/dev/null 2>&1; then
            name=$({ echo "$name" && apt-cache search --names-only "^$name-[0-9.]+$" | cut -d' ' -f1; } | sort -V | tail -1)
        fi
        echo "$name"
    done
}

# The list, with clang's runtime by its real name, or without it when clang has brought it along.
packages_missing_but_clang()
{
    printf '%s\n' "$@" | grep -vxF libclang-rt-dev
    packages_has runtime:clang || packages_of_clang
}

# Sees to it that the sets are there; fails, naming what is not.
packages_require()
{
    local missing
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -eq 0 ] && return 0
    packages_install "${missing[@]}" || return
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "still missing after the installation: ${missing[*]}" >&2
    return 1
}
