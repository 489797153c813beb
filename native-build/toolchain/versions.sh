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

# A GraalVM or Mandrel that the user has is taken instead when its major version is this one.
GRAALVM_MAJOR=25
