package peer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** merge (files) or stream (Kafka); options are --name value. */
public final class Peer {
    private Peer() { }

    static int index(String[] names, String name) {
        int i = Arrays.asList(names).indexOf(name);
        if (i < 0) throw new IllegalArgumentException(name + " is none of " + String.join(" ", names));
        return i;
    }

    public static void main(String[] args) throws Exception {
        Map<String, String> o = new HashMap<>();
        for (int i = 1; i + 1 < args.length; i += 2) o.put(args[i].replaceFirst("^--", ""), args[i + 1]);
        int policy = index(Derive.POLICIES, o.getOrDefault("policy", "auto")), require = index(Derive.LEVELS, o.getOrDefault("require", "summary"));
        switch (args.length == 0 ? "" : args[0]) {
            case "merge": FileMode.run(policy, require, true, o.get("rejects")); break;
            case "stream": StreamMode.run(policy, require, o); break;
            default:
                System.err.println("merge | stream  [--policy auto|applied|never] [--require none|summary|full] ...");
                System.exit(2);
        }
    }
}
