/**
 * {@code ./vigil policy}: what an author of policies needs, on the very engine the node uses.
 *
 * <p>{@link dev.vigil.policy.tool.PolicyTool} is the command line; each command is a class of its
 * own that gets its {@link dev.vigil.policy.tool.Arguments} and the streams to print to, and
 * answers with an exit code: 0 done, 1 what was looked at does not keep the rules, 2 wrong
 * arguments or files that can't be read. Everything here runs on the thread of the command line.
 */
@NullMarked
package dev.vigil.policy.tool;

import org.jspecify.annotations.NullMarked;
