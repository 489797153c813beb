#!/bin/bash
# The JDK's own C libraries as static archives, without the JDK's build system.
#
#   static-libraries.sh SOURCE JDK OUT WORK [ARCH]
#
# ARCH    amd64 (by default) or aarch64, as Java calls it; CROSS is what goes before gcc and ar then ("aarch64-linux-gnu-"),
#         CFLAGS what their compilation takes besides
# SOURCE  OpenJDK source tree (only its native folders are needed)
# JDK     the JDK of the same build: its javac and lib/src.zip give the JNI headers
# OUT     where lib*.a go
# WORK    scratch folder; WORK/headers holds the JNI headers afterwards
#
# An image links the native methods of the JDK's classes from these archives (svm: com.oracle.svm.hosted.c.NativeLibraries looks for
# libjava.a, libnio.a, libnet.a ... in lib/static). Their makefiles do no more than this for Linux: compile each C file
# of a library, a file in linux/ or unix/ before one of the same name in share/.
set -euo pipefail

source_tree=$1 jdk=$2 out=$3 work=$4 arch=${5:-amd64}
modules=(java.base java.management jdk.management jdk.net java.prefs jdk.security.auth java.rmi)

# The version the JDK's files are told: "25.0.3+9-LTS", from the JDK itself.
version=$(. "$jdk/release" && echo "$JAVA_RUNTIME_VERSION")

flags=(
  -O2 -std=c11 -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections
  -fno-strict-aliasing       # as the JDK's own build: its sources break the aliasing rules
  -fno-omit-frame-pointer -fstack-protector
  -w                         # foreign sources: their warnings are not ours to mend
  -D_GNU_SOURCE -D_REENTRANT -D_FILE_OFFSET_BITS=64 -DLINUX -DNDEBUG -D_LITTLE_ENDIAN -D_LP64=1 "-D$arch"
  -DSTATIC_BUILD=1           # JNI_OnLoad becomes JNI_OnLoad_java and so on: one per library in one executable
  -DUSE_MMAP                 # libzip maps a jar's index
  -DLIBC=gnu
  "-DARCHPROPNAME=\"$arch\""  # os.arch
  "-DVERSION_STRING=\"$version\""  # ProcessImpl compares it with jspawnhelper's
  ${CFLAGS:-}
)

# JNI headers ---------------------------------------------------------------------------------------------------------
# javac -h writes them for the classes whose headers the C files name: java_lang_ProcessHandleImpl_Info.h comes from
# java/lang/ProcessHandleImpl.java, so the name is shortened from its end until it is a source file.
jni_headers() {
  local module=$1 header path
  local sources=$work/sources/$module selected=$work/selected/$module
  unzip -qo "$jdk/lib/src.zip" "$module/*" -d "$work/sources"
  mkdir -p "$selected"
  { grep -rhoE '#include *"[a-z]+_[A-Za-z0-9_]+\.h"' "$source_tree/src/$module"/{share,unix,linux}/native 2>/dev/null || true; } |
    sed 's/.*"\(.*\)\.h"/\1/' | sort -u |
    while read -r header; do
      path=${header//_//}
      while [ "$path" != "${path%/*}" ]; do
        if [ -f "$sources/$path.java" ]; then
          mkdir -p "$selected/${path%/*}"
          cp "$sources/$path.java" "$selected/$path.java"
          break
        fi
        path=${path%/*}
      done
    done
  local -a files
  mapfile -t files < <(find "$selected" -name '*.java')
  if [ ${#files[@]} -gt 0 ]; then
    "$jdk/bin/javac" -nowarn -proc:none -implicit:none -XDignore.symbol.file -h "$work/headers" -d "$work/classes/$module" \
      --patch-module "$module=$selected" "${files[@]}" 2> "$work/javac.$module.log" || { cat "$work/javac.$module.log" >&2; exit 1; }
  fi
}

# One library ---------------------------------------------------------------------------------------------------------
base=$source_tree/src/java.base
shared_includes=(
  -I"$base/linux/native/libjava" -I"$base/unix/native/libjava" -I"$base/share/native/libjava"
  -I"$base/linux/native/libnet" -I"$base/unix/native/libnet" -I"$base/share/native/libnet"
  -I"$base/linux/native/libnio" -I"$base/unix/native/libnio" -I"$base/unix/native/libnio/ch" -I"$base/share/native/libnio/ch"
  -I"$source_tree/src/java.management/share/native/libmanagement"
  -I"$work/headers" -I"$jdk/include" -I"$jdk/include/linux"
  -I"$source_tree/src/hotspot/share/include" -I"$source_tree/src/hotspot/os/posix/include"
)
library() {
  local name=$1 module=$2 folder file object
  local objects=$work/objects/$name
  local -a own_includes=() folders=()
  mkdir -p "$objects"
  for folder in linux unix share; do
    folder=$source_tree/src/$module/$folder/native/lib$name
    if [ -d "$folder" ]; then
      folders+=("$folder")
      while read -r file; do own_includes+=(-I"$file"); done < <(find "$folder" -type d)
    fi
  done
  while read -r file; do
    object=$objects/$(basename "$file" .c).o
    [ -f "$object" ] || "${CROSS:-}gcc" "${flags[@]}" -DLIBRARY_NAME="$name" "${own_includes[@]}" "${shared_includes[@]}" -c "$file" -o "$object"
  done < <(find "${folders[@]}" -name '*.c')
  "${CROSS:-}ar" rcs "$out/lib$name.a" "$objects"/*.o
  echo "lib$name.a: $(find "$objects" -name '*.o' | wc -l) files"
}

mkdir -p "$out" "$work/headers"
for module in "${modules[@]}"; do jni_headers "$module"; done
library java java.base
library net java.base
library nio java.base
library zip java.base
library extnet jdk.net
library management java.management
library management_ext jdk.management
library prefs java.prefs
library jaas jdk.security.auth
library rmi java.rmi
