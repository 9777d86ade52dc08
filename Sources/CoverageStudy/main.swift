import Glibc
import ScalingFits

// Usage: CoverageStudy [SWEEPS [RESAMPLES]] [MODEL…], by default 2000 sweeps with 1000 resamples each of all models.

let arguments = CommandLine.arguments.dropFirst()
let numbers = arguments.compactMap { Int($0) }
let names = arguments.filter { Int($0) == nil }
let laws = names.isEmpty ? KnownLaw.all : KnownLaw.all.filter { names.contains($0.model) }
let report = StudyReport(sweeps: numbers.first ?? 2000, resamples: numbers.dropFirst().first ?? 1000, laws: laws)
try report.write { text in
    print(text)
    fflush(nil)
}
