import Glibc
import ScalingFits

// Usage: CoverageStudy SWEEPS RESAMPLES LAW…
//
// Writes a line for each setting of these laws. Lines that stand on standard input are not computed again, so that an
// interrupted study goes on where it stopped.

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.compactMap { Int($0) }
let names = arguments.filter { Int($0) == nil }
var known = Set<String>()
while let line = readLine() {
    if let end = line.firstIndex(of: "|") { known.insert(String(line[..<end].dropLast())) }
}

@MainActor func write(_ setting: StudySetting) throws {
    guard !known.contains(setting.name) else { return }
    // 4,096 trials take as long as a thousand times four: fewer sweeps of them.
    let sweeps = max(20, (numbers.first ?? 1000) * 256 / max(256, setting.trials))
    let result = try StudyResult(setting, sweeps: 0..<sweeps, resamples: numbers.dropFirst().first ?? 500)
    print(result.text(setting))
    fflush(nil)
}

for law in KnownLaw.all where names.isEmpty || names.contains(law.name) {
    for numbers in SharedNumbers.allCases {
        for trials in [64, 256] { try write(StudySetting(law: law, shape: .chiSquared, numbers: numbers, trials: trials)) }
    }
    for trials in [2, 4, 8, 16, 32, 1024, 4096] {
        try write(StudySetting(law: law, shape: .chiSquared, numbers: .common, trials: trials))
    }
    for shape in ScatterShape.allCases where shape != .chiSquared {
        for numbers in [SharedNumbers.independent, .common, .same] {
            for trials in [64, 256] { try write(StudySetting(law: law, shape: shape, numbers: numbers, trials: trials)) }
        }
    }
}
