# What the toolchain is made of. Read by assemble.sh and graalvm-home.sh; every change here makes a new toolchain.

# The image builder: org.graalvm.nativeimage:svm and what it depends on, from Maven Central (sums: builder-jars.sha256).
SVM_VERSION=25.0.2
SVM_DATE=2026-01-20

# The JDK whose classes go into the image. The C libraries below belong to exactly this build: their functions are the
# native methods of its classes.
JDK_BUILD=25.0.3+9

# The same JDK's source, as Debian 13 publishes it for its package openjdk-25. The sum is the one in Debian's signed index
# (Sources of trixie/main, entry 25.0.3+9-2~deb13u1). The package's .dsc and googletest archive are not asked for.
JDK_SOURCE=openjdk-25_25.0.3+9.orig.tar.xz
JDK_SOURCE_PATH=pool/main/o/openjdk-25/openjdk-25_25.0.3%2b9.orig.tar.xz
JDK_SOURCE_SHA256=2dd6c441b49705480db1ebfcd03f43d5dcb7f1d4290e98c1fa6eeefae50cfa07
JDK_SOURCE_PARTS=(
  '*/src/java.base/*/native' '*/src/java.management/*/native' '*/src/jdk.management/*/native' '*/src/jdk.net/*/native'
  '*/src/java.prefs/*/native' '*/src/jdk.security.auth/*/native' '*/src/java.rmi/*/native'
  '*/src/hotspot/share/include' '*/src/hotspot/os/posix/include'
)

# zlib for linux-arm64: Debian 12's packages (sums: Packages of bookworm/main, arm64). Read by assemble-arm64.sh.
ARM64_ZLIB_PATH=pool/main/z/zlib/zlib1g_1.2.13.dfsg-1_arm64.deb
ARM64_ZLIB_SHA256=52b8b8a145bbe1956bba82034f77022cbef0c3d0885c9e32d9817a7932fe1913
ARM64_ZLIB_DEV_PATH=pool/main/z/zlib/zlib1g-dev_1.2.13.dfsg-1_arm64.deb
ARM64_ZLIB_DEV_SHA256=afb60f0bae432f2f0edfe2d674e99c1a13a147c9aa2b52f2f23e3df19ece76f5

# A GraalVM or Mandrel that the user has is taken instead when its major version is this one.
GRAALVM_MAJOR=25
