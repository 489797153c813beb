package dev.vigil.policy.tool;

import java.util.Arrays;
import java.util.List;

/** {@code ./vigil policy ...}: the command line of policy authors. */
public final class PolicyTool {
    static final String USAGE =
            """
            usage: vigil policy COMMAND

              new NAME [--lang rust|c|as] [--in FOLDER]
                                        a new policy in the folder NAME: source, SDK, manifest, vectors
              build [FOLDER|SOURCE] [--manifest manifest.json] [-o OUT.wasm]
                                        compile, pack and check it
              pack MODULE.wasm --manifest manifest.json [--golden readings.csv] [-o OUT.wasm]
                                        put a manifest into a module that something else compiled, and the
                                        readings that a node measures its cost with
              run MODULE [--vectors vectors.csv | --csv readings.csv] [--set NAME=NUMBER] [--engine ENGINE]
                                        what it says of these readings; with vectors, whether it is right
              replay MODULE RECORDING... [--set NAME=NUMBER] [--engine ENGINE] [--quiet]
                                        what it says of recorded data (.csv.gz of sensor-drivers/recordings,
                                        folders of them, readings.csv, or - for the lines of 'vigil cat'),
                                        and the hash of it: the same on every machine
              bench [--millis N] [--native EXECUTABLE] [--write README.md]
                                        nanoseconds per reading on each machine, with plain Java and V8 beside them
              keygen FILE               a new Ed25519 key: FILE.pem (private), FILE.pub.pem
              trust FOLDER --site SITE --root ROOT.pem --operator NAME=KEY.pub.pem
                    [--author NAME=KEY.pub.pem] [--author-required] [--revoke ID=REASON] [--serial N]
                                        what a node trusts: keys.json and revoked.json, signed with the root key
              grants FOLDER --from grants.json --key OPERATOR.pem [--serial N]
                                        what a site gives its policies, signed by an operator, for the same folder
              sign MODULE.wasm --key KEY.pem --counter N [--from TIME] [--until TIME] [--add] [-o OUT.sig.json]
                                        sign a packed module; --add signs beside another's signature
              verify MODULE.wasm [--signature FILE.sig.json] [--trust FOLDER]
                                        whether it keeps the rules, and whether that node would install it

            MODULE is a .wasm file, or heat or smoke. ENGINE is one of %s; the default is what the node takes.
            Exit code: 0 done, 1 it does not keep the rules or is not right, 2 wrong arguments or unreadable files.
            """
                    .formatted(Engines.words());

    private PolicyTool() {}

    public static void main(String[] arguments) {
        // CHECKSTYLE OFF: a command line prints
        System.exit(run(Arrays.asList(arguments), new Streams(System.in, System.out, System.err)));
        // CHECKSTYLE ON
    }

    /** Runs one command and answers its exit code. */
    static int run(List<String> words, Streams io) {
        String command = words.isEmpty() ? "help" : words.getFirst();
        List<String> rest = words.isEmpty() ? words : words.subList(1, words.size());
        try {
            int code = dispatch(command, rest, io);
            io.out().flush();
            return code;
        } catch (ToolFailure e) {
            io.out().flush();
            io.err().println("vigil policy %s: %s".formatted(command, e.text()));
            if (e.code() == ToolFailure.USAGE) {
                io.err().println("'./vigil policy help' lists the commands");
            }
            return e.code();
        }
    }

    private static int dispatch(String command, List<String> rest, Streams io) {
        return switch (command) {
            case "help", "-h", "--help" -> {
                io.out().print(USAGE);
                yield 0;
            }
            case "new" -> NewCommand.run(rest, io);
            case "build" -> BuildCommand.run(rest, io);
            case "pack" -> PackCommand.run(rest, io);
            case "run" -> RunCommand.run(rest, io);
            case "replay" -> ReplayCommand.run(rest, io);
            case "bench" -> BenchCommand.run(rest, io);
            case "keygen" -> KeygenCommand.run(rest, io);
            case "trust" -> TrustCommand.run(rest, io);
            case "grants" -> GrantsCommand.run(rest, io);
            case "sign" -> SignCommand.run(rest, io);
            case "verify" -> VerifyCommand.run(rest, io);
            default ->
                    throw ToolFailure.usage(
                            "there is no such command; there are new, build, pack, run, replay, bench, keygen, trust, grants, sign, verify");
        };
    }
}
