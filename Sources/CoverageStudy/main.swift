import Glibc
import ScalingFits

// Usage: CoverageStudy [SWEEPS [RESAMPLES]], by default 2000 sweeps with 1000 resamples each.

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
try StudyReport(sweeps: numbers.first ?? 2000, resamples: numbers.dropFirst().first ?? 1000).write { text in
    print(text)
    fflush(nil)
}
