/// Finds what a misspelt name was meant to be.
public enum NearestName {
    /// A remedy: the nearest of `names` where one is near, all of them otherwise.
    public static func remedy(for name: String, among names: [String]) -> String {
        if let near = nearest(to: name, among: names) { return "did you mean \(near)?" }
        let shown = names.prefix(40).joined(separator: ", ")
        return names.isEmpty ? "leave it out" : "valid here: \(shown)\(names.count > 40 ? ", ..." : "")"
    }

    /// What papers and other programs call some of our numbers.
    private static let customary = [
        "eta": "learning_rate", "lr": "learning_rate", "stepsize": "learning_rate", "sigma": "noise", "d": "dimension",
        "dim": "dimension", "t": "steps", "iterations": "steps", "epochs": "steps", "beta": "smoothness",
        "mu": "strong_convexity", "kappa": "condition_number", "epsilon": "rho", "radius": "rho",
    ]

    /// The name with the smallest edit distance; where more than a third of the letters differ, what is customarily called
    /// so, or the only name that begins so; else `nil`.
    public static func nearest(to name: String, among names: [String]) -> String? {
        let folded = fold(name)
        guard folded.count <= 64 else { return nil }
        if let meant = customary[String(bare(folded))], names.contains(meant), !names.contains(name) { return meant }
        var best: (name: String, distance: Int)?
        for candidate in names {
            let other = fold(candidate)
            let distance = bare(folded) == bare(other) ? 0 : distance(folded, other)
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        if let best, best.distance <= max(1, (name.count + 1) / 3) { return best.name }
        let longer = names.filter { folded.count >= 3 && fold($0).starts(with: folded) }
        return longer.count == 1 ? longer[0] : nil
    }

    /// Case and the kind of dash do not count.
    private static func fold(_ name: String) -> [Character] {
        Array(name.lowercased().map { $0 == "-" ? "_" : $0 })
    }

    /// Without dashes: msam is m-sam rather than sam.
    private static func bare(_ name: [Character]) -> [Character] { name.filter { $0 != "_" } }

    /// Insertions, deletions, substitutions and swaps of neighbours (Damerau 1964, restricted form).
    public static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in 0..<b.count {
                row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
                }
            }
            (beforeLast, last) = (last, row)
        }
        return last[b.count]
    }
}
