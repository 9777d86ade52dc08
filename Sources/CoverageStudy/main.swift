import Glibc
import ScalingFits

// Usage: CoverageStudy SWEEPS RESAMPLES [LAW | SCATTER | CORRELATION | trials=N]…, or CoverageStudy laws for their names.
//
// Writes a line for each setting of these laws, scatters, correlations and numbers of trials; of all where none is named.
// Lines that stand on standard input are not computed again, so that an interrupted study goes on where it stopped.

let arguments = CommandLine.arguments.dropFirst()
if arguments.elementsEqual(["laws"]) {
    for law in KnownLaw.all { print(law.name) }
    exit(0)
}
let numbers = arguments.prefix(2).compactMap { Int($0) }
let names = Array(arguments.dropFirst(2))
var known = Set<String>()
while let line = readLine() {
    if let end = line.firstIndex(of: "|") { known.insert(String(line[..<end].dropLast())) }
}

let trialCounts = names.compactMap { $0.hasPrefix("trials=") ? Int($0.dropFirst(7)) : nil }

@MainActor func isWanted(_ name: String, among all: [String]) -> Bool {
    let wanted = names.filter(all.contains)
    return wanted.isEmpty || wanted.contains(name)
}

@MainActor func write(_ setting: StudySetting) throws {
    guard isWanted(setting.shape.rawValue, among: ScatterShape.allCases.map(\.rawValue)),
        isWanted(setting.numbers.rawValue, among: SharedNumbers.allCases.map(\.rawValue)),
        trialCounts.isEmpty || trialCounts.contains(setting.trials)
    else { return }
    guard !known.contains(setting.name) else { return }
    // 4,096 trials take as long as a thousand times four: fewer sweeps of them.
    let sweeps = max(20, (numbers.first ?? 1000) * 256 / max(256, setting.trials))
    let result = try StudyResult(setting, sweeps: 0..<sweeps, resamples: numbers.dropFirst().first ?? 500)
    print(result.text(setting))
    fflush(nil)
}

for law in KnownLaw.all where isWanted(law.name, among: KnownLaw.all.map(\.name)) {
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
