import Glibc
import ScalingFits

func column(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }

let arguments = CommandLine.arguments
let sweeps = arguments.count > 1 ? Int(arguments[1]) ?? 2000 : 2000
let resamples = 1000

let only = arguments.count > 2 ? arguments[2] : nil
for (number, law) in KnownLaw.all.enumerated() where only.map({ $0.split(separator: ",").contains(Substring(law.model)) }) ?? true {
    for trials in [64, 256] {
        for isCommon in [false, true] {
            for method in [IntervalMethod.bca] {
            let scenario = UInt32(number * 8 + (isCommon ? 4 : 0) + (trials == 64 ? 0 : 1))
            let count = try CoverageCount(
                law, trials: trials, isCommon: isCommon, sweeps: sweeps, scenario: scenario, resamples: resamples, method: method)
            let cells = zip(law.truth, zip(count.coverage, count.widths)).map { truth, result in
                column("\(truth.name) \(Figures.fixed(result.0, decimals: 1)) (± \(Figures.significant(result.1 / Double(count.fits), 2)))", 30)
            }
            print(column(law.model, 18) + column("\(trials)", 5) + column(isCommon ? "common" : "independent", 12) + column("\(method)", 11) + cells.joined())
            fflush(nil)
            }
        }
    }
}
