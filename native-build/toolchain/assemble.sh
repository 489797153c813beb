#!/bin/bash
# Puts together a native-image (SubstrateVM's image builder for Java 25, linux-amd64) where no GraalVM can be downloaded.
#
#   native-build/toolchain/assemble.sh        prints the folder, which serves as GRAALVM_HOME; progress goes to stderr
#
# From: the JDK 25 of versions.sh (JAVA_HOME), the builder's jars from Maven Central, the JDK's source from Debian, and the
# C code and launcher beside this script. Result: ${XDG_CACHE_HOME:-~/.cache}/vigil/native-toolchain/<version>-<sum of its inputs>;
# made once, in a folder of another name that is renamed when everything is done, so a broken run never looks finished.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/versions.sh"
export SVM_VERSION

say() { echo "native toolchain: $*" >&2; }
fail() { say "$@"; exit 1; }

[ "$(uname -sm)" = "Linux x86_64" ] || fail "this assembly is for Linux on x86-64, not for $(uname -sm); set GRAALVM_HOME to a GraalVM $GRAALVM_MAJOR"

# 1. Where it goes: a name that changes with everything that goes into it.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/vigil/native-toolchain
inputs=$(cd "$here" && sha256sum assemble.sh versions.sh static-libraries.sh helper-libraries.sh builder-jars.* c/* launcher/* | sha256sum | cut -c1-12)
home=$cache/$SVM_VERSION-jdk$JDK_BUILD-$inputs
if [ -x "$home/bin/native-image" ]; then echo "$home"; exit 0; fi

# 2. What must be there.
missing=()
command -v gcc > /dev/null || missing+=(gcc)
[ -f /usr/include/stdio.h ] || missing+=(libc6-dev)
[ -f /usr/include/zlib.h ] || missing+=(zlib1g-dev)
command -v ar > /dev/null || missing+=(binutils)
command -v unzip > /dev/null || missing+=(unzip)
command -v xz > /dev/null || missing+=(xz-utils)
command -v mvn > /dev/null || missing+=(maven)
[ ${#missing[@]} -eq 0 ] || fail "missing: ${missing[*]}. On Debian: apt-get install --no-install-recommends ${missing[*]}"

jdk=${JAVA_HOME:-}
[ -n "$jdk" ] && [ -x "$jdk/bin/javac" ] || fail "JAVA_HOME ('$jdk') is no JDK; it must be the JDK $JDK_BUILD that the executable is built from"
found=$(. "$jdk/release" && echo "$JAVA_RUNTIME_VERSION")
case $found in
  "$JDK_BUILD" | "$JDK_BUILD"-*) ;;
  *) fail "JAVA_HOME ($jdk) is JDK $found; the C libraries made here belong to $JDK_BUILD. Take that JDK, or a GraalVM $GRAALVM_MAJOR as GRAALVM_HOME, or move versions.sh on" ;;
esac
[ -f "$jdk/lib/src.zip" ] || fail "$jdk has no lib/src.zip; take a JDK with its sources"
grep -q jdk.internal.vm.ci "$jdk/release" || fail "$jdk has no module jdk.internal.vm.ci (JVMCI), which the image builder needs"

# 3. One assembly at a time; scratch that goes away whatever happens.
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
if [ -x "$home/bin/native-image" ]; then echo "$home"; exit 0; fi   # another run made it meanwhile
rm -rf "$cache"/unfinished.*   # of a run that was killed
work=$(mktemp -d "$cache/unfinished.XXXXXX")
trap 'rm -rf "$work"' EXIT
new=$work/home

# 4. The JDK's source: one file of Debian's archive, by the mirror that this system's apt uses. A download is kept by its sum.
source_archive=$cache/$JDK_SOURCE
intact() { echo "$JDK_SOURCE_SHA256  $1" | sha256sum --check --status 2> /dev/null; }
if ! intact "$source_archive"; then
  say "fetching the JDK's source ($JDK_SOURCE, 74 MB)"
  [ -x /usr/lib/apt/apt-helper ] || fail "no apt here to fetch $JDK_SOURCE with; put that file into $cache (sha256 $JDK_SOURCE_SHA256)"
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | sort -u | head -1)
  [ -n "$mirror" ] || fail "apt knows no Debian mirror here; put $JDK_SOURCE into $cache (sha256 $JDK_SOURCE_SHA256)"
  /usr/lib/apt/apt-helper -q download-file "${mirror%/}/$JDK_SOURCE_PATH" "$work/$JDK_SOURCE" "SHA256:$JDK_SOURCE_SHA256" > "$work/fetch.log" 2>&1 || true
  intact "$work/$JDK_SOURCE" || { cat "$work/fetch.log" >&2; fail "$JDK_SOURCE could not be fetched whole; try again, or put it into $cache (sha256 $JDK_SOURCE_SHA256)"; }
  mv "$work/$JDK_SOURCE" "$source_archive"
fi
mkdir "$work/jdk-source"
tar -xJf "$source_archive" -C "$work/jdk-source" --strip-components=1 --wildcards "${JDK_SOURCE_PARTS[@]}"

# 5. A copy of the JDK: the builder looks for its parts inside java.home.
say "copying $jdk"
cp -a "$jdk" "$new"
chmod -R u+w "$new"
builder=$new/lib/svm/builder
mkdir -p "$builder"

# 6. The builder's jars.
say "fetching the image builder $SVM_VERSION from Maven Central"
mvn -q -B -f "$here/builder-jars.xml" -Dsvm.version="$SVM_VERSION" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$builder" > "$work/maven.log" 2>&1 || { cat "$work/maven.log" >&2; fail "Maven could not fetch the image builder"; }
(cd "$builder" && sha256sum --check --quiet --strict "$here/builder-jars.sha256") >&2 || fail "a jar of the image builder is not the one in builder-jars.sha256"
[ "$(find "$builder" -name '*.jar' | wc -l)" = "$(wc -l < "$here/builder-jars.sha256")" ] || fail "Maven brought jars that builder-jars.sha256 doesn't list"

# 7. C libraries: the JDK's, and SubstrateVM's.
say "compiling the JDK's C libraries"
static=$new/lib/static/linux-amd64/glibc
bash "$here/static-libraries.sh" "$work/jdk-source" "$jdk" "$static" "$work/static" >&2
bash "$here/helper-libraries.sh" "$work/jdk-source" "$jdk" "$builder" "$static" "$work/static/headers" "$new/lib/svm/clibraries/linux-amd64" "$work/helper" >&2

# 8. The command native-image, which Maven Central doesn't have.
launcher=$new/lib/svm/launcher
mkdir -p "$launcher"
"$jdk/bin/javac" -Xlint:all -Werror -d "$launcher" "$here"/launcher/*.java
printf 'svm=%s\ndate=%s\n' "$SVM_VERSION" "$SVM_DATE" > "$launcher/version.properties"
"$new/bin/java" -cp "$launcher" dev.vigil.nativeimage.BuilderOpens "$builder" > "$new/lib/svm/opens.args"
cat > "$new/bin/native-image" <<'LAUNCHER'
#!/bin/sh
home=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd)
exec "$home/bin/java" -XX:TieredStopAtLevel=1 -cp "$home/lib/svm/launcher" dev.vigil.nativeimage.NativeImage "$@"
LAUNCHER
chmod +x "$new/bin/native-image"
"$new/bin/native-image" --version >&2

# 9. Done: now it gets its name.
mv -T "$new" "$home"
say "assembled $home ($(du -sh "$home" | cut -f1))"
echo "$home"
