package dev.vigil.policy.fires;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code ./vigil fires}: prints, as Markdown, when the shipped policies alarm on the recorded
 * fires, beside the real detectors. With {@code --write FILE} it also replaces what stands between
 * the file's two marker comments.
 *
 * <p>Arguments: {@code [recordings folder] [--write README.md]}; the folder's default is {@code
 * sensor-drivers/recordings}. Ends with 0, or 2 for wrong arguments and unreadable files.
 */
public final class Fires {
    static final String BEGIN = "<!-- fires: made by ./vigil fires, not by hand -->";
    static final String END = "<!-- end of fires -->";

    private Fires() {}

    public static void main(String[] arguments) {
        // CHECKSTYLE OFF: a command line prints its result
        Path recordings = Path.of("sensor-drivers/recordings");
        Path write = null;
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("--write") && i + 1 < arguments.length) {
                write = Path.of(arguments[++i]);
            } else if (!arguments[i].startsWith("-")) {
                recordings = Path.of(arguments[i]);
            } else {
                System.err.println(
                        "unknown argument '%s'; usage: fires [recordings folder] [--write FILE]"
                                .formatted(arguments[i]));
                System.exit(2);
            }
        }
        try {
            String tables = print(recordings);
            System.out.print(tables);
            if (write != null) {
                Files.writeString(write, replaced(Files.readString(write), tables));
            }
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("fires: " + e);
            System.exit(2);
        }
        // CHECKSTYLE ON
    }

    /** Both tables, as they stand in the README between the markers. */
    static String print(Path recordings) throws IOException {
        return """
               #### Smoke: NIST Home Smoke Alarm tests

               Alarm times, seconds from the start of the recording; readings every 2 s.

               """
                + SmokeAlarmTable.print(recordings)
                + """

                  #### Heat: Vettori's flat-ceiling sprinkler tests

                  Alarm times, seconds from the start of the recording; readings every 2 to 7 s.

                  """
                + SprinklerTable.print(recordings);
    }

    /** The document with {@code tables} between its markers. */
    static String replaced(String document, String tables) {
        int begin = document.indexOf(BEGIN);
        int end = document.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalArgumentException(
                    "the document has no lines '%s' and '%s', in this order".formatted(BEGIN, END));
        }
        return document.substring(0, begin + BEGIN.length())
                + "\n\n"
                + tables
                + "\n"
                + document.substring(end);
    }
}
