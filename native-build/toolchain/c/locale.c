/*
 * Part of liblibchelper.a: the user's locale. Contract: com.oracle.svm.core.c.locale.LocaleCHelper.
 *
 * The rules by which the JDK reads LANG and LC_* are long; here they are not told again: the JDK's own file is compiled
 * in for its static function ParseLocale. (SubstrateVM can't ask libjava for them: GetJavaProperties does much more.)
 */
#define GetJavaProperties unused_GetJavaProperties
#include "jni_util.h"
#undef JNU_ThrowOutOfMemoryError
#define JNU_ThrowOutOfMemoryError(env, message) ((void) 0) /* no Java yet to throw to: ParseLocale then returns 0 */
#include "java_props_md.c"

#include "svm_locale.h"

static svm_locale_props_t locale;

/* Sets the process's locale from the environment and reads it; early at start, before a second thread exists. */
int svm_initialize_locale(void) {
    setlocale(LC_ALL, "");
    int read = ParseLocale(NULL, LC_CTYPE, &locale.format_language, &locale.format_script, &locale.format_country,
                           &locale.format_variant, NULL)
               && ParseLocale(NULL, LC_MESSAGES, &locale.display_language, &locale.display_script,
                              &locale.display_country, &locale.display_variant, NULL);
    return read ? SVM_LOCALE_INITIALIZATION_SUCCEEDED : SVM_LOCALE_INITIALIZATION_OUT_OF_MEMORY;
}

/* What svm_initialize_locale read; NULL where the locale says nothing. Lives as long as the process. */
const svm_locale_props_t *svm_get_locale(void) {
    return &locale;
}
