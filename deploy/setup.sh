# Makes sure of what the project is built with: a JDK 17 or newer and Maven 3.8.6 or newer. Sourced by the scripts
# beside it, which set root to the repository.

java_needed=17
maven_needed=3.8.6

# The major version of the Java compiler, or 0.
javac_version() {
    if [ -n "${JAVA_HOME:-}" ]; then
        javac=$JAVA_HOME/bin/javac
    else
        javac=javac
    fi
    "$javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p' | grep . || echo 0
}

# The version of Maven, or 0.
maven_version() {
    mvn -v 2>/dev/null | sed 's/\x1b\[[0-9;]*m//g' | sed -n 's/^Apache Maven \([0-9.]*\).*/\1/p' | grep . || echo 0
}

# at_least WANTED PRESENT
at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

can_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; }
}

# install_package NAME...: the first of the names that the distribution has.
install_package() {
    for package in "$@"; do
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$package" \
            >/dev/null 2>&1; then
            echo "Installed $package." >&2
            return 0
        fi
    done
    return 1
}

java_fits() {
    at_least "$java_needed" "$(javac_version)"
}

maven_fits() {
    at_least "$maven_needed" "$(maven_version)"
}

ensure_tools() {
    if java_fits && maven_fits; then
        return 0
    fi
    if can_install; then
        echo "Installing what is missing to build: JDK $java_needed, Maven $maven_needed ..." >&2
        as_root apt-get update -q >/dev/null 2>&1 || echo "apt-get update failed; trying with the old lists." >&2
        java_fits || install_package openjdk-17-jdk-headless openjdk-21-jdk-headless default-jdk-headless || true
        maven_fits || install_package maven || true
    fi
    if ! java_fits; then
        echo "A JDK $java_needed or newer is needed (a JRE is not enough). Found: $(javac_version)." >&2
        echo "On Debian or Ubuntu: apt-get install openjdk-17-jdk-headless. Elsewhere: https://adoptium.net" >&2
        return 2
    fi
    if ! maven_fits; then
        echo "Maven $maven_needed or newer is needed. Found: $(maven_version)." >&2
        echo "On Debian or Ubuntu: apt-get install maven. Elsewhere: https://maven.apache.org/download.cgi" >&2
        return 2
    fi
}

# The distribution's directory, empty if there is none.
distribution() {
    for candidate in "$root"/pipeline/target/millrace-*/bin/millrace; do
        if [ -x "$candidate" ]; then
            dirname "$(dirname "$candidate")"
            return 0
        fi
    done
}

built_mark() {
    echo "$root/pipeline/target/distribution.built"
}

# True if the distribution is there and nothing it is made of has changed since.
is_built() {
    [ -n "$(distribution)" ] && [ -f "$(built_mark)" ] || return 1
    changed=$(find "$root/pom.xml" "$root/schemas" "$root/model" "$root/pipeline" "$root/deploy" \
        -name target -prune -o -type f -newer "$(built_mark)" -print 2>/dev/null | head -n 1)
    [ -z "$changed" ]
}

# Builds the distribution, tests left out, unless it is there and up to date.
ensure_built() {
    if is_built; then
        return 0
    fi
    ensure_tools || return
    echo "Building Millrace (the first time fetches its libraries, a few minutes) ..." >&2
    began=$(mktemp)
    (cd "$root" && mvn -q -B -pl pipeline -am package -Dmaven.test.skip=true -Dspotless.check.skip=true) || return
    mv "$began" "$(built_mark)"
}
