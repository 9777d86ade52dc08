import PortableMath

/// Makes inputs out of others, the same ones for the same seed and number.
struct Mutator {
    /// Inputs to begin with, at least one.
    let corpus: [[UInt8]]
    let seed: UInt64

    /// Values at which programs break.
    private static let numbers = [
        "0", "-0", "1", "-1", "1e308", "1e309", "5e-324", "1e-400", "0.1", "1e19", "2147483647", "2147483648", "4294967296",
        "9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808", "18446744073709551616",
        "-9223372036854775808", "1000000000", "1000000", "1000001", "010", "1:30", ".nan", ".inf", "~", "[]", "{}", "''",
        "true", "[0, 0]", "\u{0}", "\u{1B}[31m", "\u{9B}", "\u{2028}", "\u{FEFF}", "\u{EFFF}", "\u{10FFFF}", "&a", "*a",
        "!!str", "<<", "---", "...", "%YAML 1.1", "|", ">", "? a", "- ",
    ]
    /// Words of sweep files and expressions.
    private static let words = [
        "schema", "name", "title", "problem", "optimizer", "noise_model", "noise_scale", "noise_precision", "method", "steps",
        "trials", "seed", "start", "learning_rate_schedule", "rho_schedule", "axes", "zip", "where", "derive", "record", "curves",
        "common_random_numbers", "learning_rate", "rho", "noise", "dimension", "claims", "eigenvalues", "multiplicity", "value",
        "linspace", "logspace", "geomspace", "from", "to", "count", "radius", "sphere", "vector", "blocks", "quadratic", "sine",
        "trap", "two-quadratics", "huber-trap", "rastrigin", "logistic", "sgd", "n-sam", "m-sam", "asam", "vasso", "momentum",
        "averaging", "gaussian", "skewed-two-point", "none", "reduced", "auto", "full", "at", "of", "distance", "iterate",
        "says", "slope", "prefactor", "every", "mean", "minus", "largest_over", "smallest_over", "at_least", "at_most",
        "objective", "factor", "t", "variables", "constants", "sample", "stochastic", "minimum", "minimisers", "choice", "batch", "normal", "seed",
        "sum(", "norm(", "transpose(", "concat(", "outer(", "diag(", "reshape(", "unit(", "largest(", "if(", "u", "W", "A[i]", "[0]",
        "[1:]", "[:, 0]", "@", "smoothness", "strong_convexity", "condition_number", "min(", "max(", "abs(", "sqrt(", "log(", "log10(", "exp(", "pow(",
        "floor(", "ceil(", " and ", " or ", " not ", "<", "<=", "==", "!=", "**", "^", "+", "-", "*", "/", "(", ")", ",", ":", "\n",
        "{", "}", "[", "]", "'", "\"", "#", "\\",
    ]

    func input(_ number: Int) -> [UInt8] {
        var random = SplitMix64(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(number))
        var bytes = corpus[random.below(corpus.count)]
        for _ in 0...min(random.below(6), random.below(6)) { mutate(&bytes, &random) }
        return Array(bytes.prefix(1 << 17))
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = random.below(bytes.count + 1)
        switch random.below(10) {
        case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.below(8)) }
        case 1: if place < bytes.count { bytes[place] = UInt8(random.below(256)) }
        case 2: bytes.insert(UInt8(random.below(256)), at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + random.below(12)))
        case 4:
            let end = min(bytes.count, place + random.below(40))
            let piece = bytes[place..<end]
            for _ in 0...random.below(random.below(20) == 0 ? 200 : 3) { bytes.insert(contentsOf: piece, at: place) }
        case 5:
            let other = corpus[random.below(corpus.count)]
            let from = random.below(other.count + 1)
            bytes.insert(contentsOf: other[from..<min(other.count, from + random.below(120))], at: place)
        case 6, 7: replaceNumber(&bytes, near: place, &random)
        case 8: bytes.insert(contentsOf: Array(Self.words[random.below(Self.words.count)].utf8), at: place)
        default: swapWord(&bytes, near: place, &random)
        }
    }

    /// Puts a value at which programs break in the place of the next number.
    private func replaceNumber(_ bytes: inout [UInt8], near place: Int, _ random: inout SplitMix64) {
        let isDigit: (UInt8) -> Bool = { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x65 || $0 == 0x2D }
        let isPlainDigit: (UInt8) -> Bool = { $0 >= 0x30 && $0 <= 0x39 }
        let start = bytes[place...].firstIndex(where: isPlainDigit) ?? bytes.firstIndex(where: isPlainDigit)
        let value = Array(Self.numbers[random.below(Self.numbers.count)].utf8)
        guard let start else { return bytes.insert(contentsOf: value, at: place) }
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: value)
    }

    /// Puts another word in the place of the next one.
    private func swapWord(_ bytes: inout [UInt8], near place: Int, _ random: inout SplitMix64) {
        let isLetter: (UInt8) -> Bool = { ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x5F || $0 == 0x2D }
        guard let start = bytes[place...].firstIndex(where: isLetter) else { return }
        let end = bytes[start...].firstIndex { !isLetter($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Array(Self.words[random.below(Self.words.count)].utf8))
    }
}

extension SplitMix64 {
    /// In 0 ..< bound.
    mutating func below(_ bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
}
