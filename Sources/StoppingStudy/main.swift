import Glibc

// Usage: StoppingStudy SWEEPS
//
// Whether intervals hold the mean as often as they say when trials are added until they are short enough: a line for each law and
// each half-width that is asked for, in parts of the law's deviation.

let sweeps = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2000
for law in StoppingLaw.allCases {
    for part in [0.3, 0.1, 0.03, 0.01] {
        // 38,416 trials take as long as four thousand times ten.
        let count = part < 0.02 ? max(1, sweeps / 2) : sweeps
        let result = StoppingResult(law: law, width: law.deviation * part, sweeps: 0..<count, atLeast: 64)
        print("\(law.rawValue), half-width \(part) deviations, \(count) sweeps: \(result)")
        fflush(nil)
    }
}
