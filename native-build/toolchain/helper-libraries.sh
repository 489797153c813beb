#!/bin/bash
# SubstrateVM's C side for one image: liblibchelper.a, libjvm.a and the headers that the builder reads.
#
#   helper-libraries.sh SOURCE JDK BUILDER STATIC HEADERS OUT WORK [ARCH]
#
# SOURCE   OpenJDK source tree          BUILDER  folder of the builder's jars     HEADERS  the JNI headers of static-libraries.sh
# JDK      the JDK                      STATIC   the JDK's static archives        OUT      lib*.a and include/ go here
# WORK     scratch folder          ARCH     amd64 (by default) or aarch64; CROSS goes before gcc, ar and nm then
#
# The builder passes OUT to the linker (-H:CLibraryPath). Upstream's own C code is not on Maven Central; c/ is ours,
# written against the Java classes that declare each function.
set -euo pipefail

source_tree=$1 jdk=$2 builder=$3 static=$4 headers=$5 out=$6 work=$7 arch=${8:-amd64}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$out/include" "$work"

flags=(-O2 -std=gnu11 -fPIC -ffunction-sections -fdata-sections -Wall -Werror
  -I"$out/include" -I"$here/c" -I"$jdk/include" -I"$jdk/include/linux"
  -I"$source_tree/src/hotspot/share/include" -I"$source_tree/src/hotspot/os/posix/include"
  ${CFLAGS:-})

# What a processor can is a struct with one byte a feature. The Java interface that reads it is where its fields stand;
# the builder reads the headers of all three processors whatever it builds for.
cpu_header() {
  local file=$1 class=$2 fields
  fields=$("$jdk/bin/javap" -cp "$builder/svm-$SVM_VERSION.jar" "$class" | sed -n 's/.* boolean \(f[A-Za-z0-9_]*\)().*/    char \1;/p')
  [ -n "$fields" ] || { echo "svm-$SVM_VERSION.jar: $class has no accessors; its shape changed" >&2; exit 1; }
  printf '/* Written by helper-libraries.sh from %s. */\n#pragma once\ntypedef struct CPUFeatures {\n%s\n} CPUFeatures;\n' "$class" "$fields" > "$out/include/$file"
}
cpu_header amd64cpufeatures.h 'com.oracle.svm.core.amd64.AMD64LibCHelper$CPUFeatures'
cpu_header aarch64cpufeatures.h 'com.oracle.svm.core.aarch64.AArch64LibCHelper$CPUFeatures'
cpu_header riscv64cpufeatures.h 'com.oracle.svm.core.riscv64.RISCV64LibCHelper$CPUFeatures'
cp "$here/c/svm_locale.h" "$out/include/"

for file in process signals "cpu_$arch" jvm; do
  "${CROSS:-}gcc" "${flags[@]}" -c "$here/c/$file.c" -o "$work/$file.o"
done
# locale.c takes in a file of the JDK, which needs that library's headers and brings its own warnings.
libjava=$source_tree/src/java.base
"${CROSS:-}gcc" "${flags[@]}" -w "-DARCHPROPNAME=\"$arch\"" -I"$libjava/unix/native/libjava" -I"$libjava/share/native/libjava" -I"$headers" \
  -c "$here/c/locale.c" -o "$work/locale.o"

# Every JVM_* and jio_* name that the JDK's libraries mention and jvm.c doesn't define: says its name and aborts.
{
  echo '#include <stdio.h>'
  echo '#include <stdlib.h>'
  comm -23 <("${CROSS:-}nm" --undefined-only "$static"/*.a 2>/dev/null | awk '/ U (JVM_|jio_)/ {print $2}' | sort -u) \
           <("${CROSS:-}nm" --defined-only "$work/jvm.o" | awk '/ T / {print $3}' | sort -u) |
    sed 's/.*/void &(void) { fputs("libjvm: & was called; an executable has no HotSpot to do it\\n", stderr); abort(); }/'
} > "$work/jvm_stubs.c"
"${CROSS:-}gcc" "${flags[@]}" -c "$work/jvm_stubs.c" -o "$work/jvm_stubs.o"

# The objects of an archive that nobody names are left out by the linker; a fresh archive has no stale ones.
rm -f "$out"/*.a
"${CROSS:-}ar" rcs "$out/liblibchelper.a" "$work"/{process,signals,locale,"cpu_$arch"}.o
"${CROSS:-}ar" rcs "$out/libjvm.a" "$work"/{jvm,jvm_stubs}.o
echo "libjvm.a: $(grep -c '^void' "$work/jvm_stubs.c") functions of HotSpot are aborting stubs"

# The builder itself loads this one (com.oracle.svm.hosted.ProgressReporterCHelper), so it is made for this machine only.
[ -z "${CROSS:-}" ] || exit 0
mkdir -p "$builder/lib"
gcc "${flags[@]}" -shared "$here/c/reporterchelper.c" -o "$builder/lib/libreporterchelper.so"
