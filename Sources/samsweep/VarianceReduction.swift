import JSONText
import ScalingFits
import SweepPlanning
import SweepReports
import TrialAllocation
import TrialContract
import Wording

/// Control variates of a sweep: for each cell one of SGD, whose mean is known in closed form, that sees the same noise.
enum VarianceReduction {
    /// What two cells have in common but for the optimizer and rho.
    private struct Key: Hashable {
        var trialClass: TrialClass
        var learningRate: Double
        var noise: Double
        var streamKey: UInt64

        init(_ trialClass: TrialClass, _ cell: CellParameters) {
            self.trialClass = trialClass
            self.trialClass.optimizer = ComponentChoice("")
            self.trialClass.definedAlgorithm = nil
            self.trialClass.rhoSchedule = ComponentChoice("constant")
            self.trialClass.rhoFactors = nil
            (learningRate, noise, streamKey) = (cell.learningRate, cell.noisePerCoordinate, cell.streamKey)
        }
    }

    /// By cell; empty where the sweep asks for none, or no cell has one.
    static func controls(_ plan: PlannedSweep) throws -> [ControlCell?] {
        guard plan.reducesVariance else { return [] }
        var references: [Key: (control: ControlCell, cost: Int)] = [:]
        var keys: [Key?] = []
        for index in 0..<plan.cellCount {
            guard case .included(let trialClass, let cell) = try plan.cell(at: index) else {
                keys.append(nil)
                continue
            }
            let key = Key(trialClass, cell)
            keys.append(key)
            // Of noise at 24 bits the variance is not quite what the form says.
            guard trialClass.noisePrecision == .double, cell.noisePerCoordinate > 0,
                let means = TheoryCatalogue.exactMeans(TheorySetting(trialClass, cell))
            else { continue }
            // SGD itself takes one gradient a step; at rho = 0 it is the same in all its cells.
            let cost = trialClass.optimizer.name == "sgd" ? (cell.rho == 0 ? 0 : 1) : 2
            if cost < references[key]?.cost ?? .max { references[key] = (ControlCell(cell: index, means: means), cost) }
        }
        let controls = keys.map { $0.flatMap { references[$0]?.control } }
        return controls.contains { $0 != nil } ? controls : []
    }

    /// Lines for people: what a trial is worth in each cell in which it helps, best first.
    static func lines(_ columns: ControlledColumns<ResultColumns>, of response: String, atMost: Int) throws -> [String] {
        let gains = try columns.gains(of: response).filter { $0.plainTrials.isFinite }.sorted { ($1.ratio, $0.cell) < ($0.ratio, $1.cell) }
        let rest = gains.count - atMost
        return gains.prefix(atMost).map { gain in
            "\(columns.label(ofCell: gain.cell)): \(counted(gain.trials, "trial")) as good as \(grouped(Int(gain.plainTrials.rounded()))) plain ones"
        } + (rest > 0 ? ["and \(counted(rest, "more cell"))"] : [])
    }

    /// The same for scripts, of all cells.
    static func json(_ columns: ControlledColumns<ResultColumns>, of response: String) throws -> JSONValue {
        .object([("variance_reduction", .array(try columns.gains(of: response).map { gain in
            .object([
                ("cell", .string(columns.label(ofCell: gain.cell))), ("trials", .integer(gain.trials)),
                ("plain_trials", .number(gain.plainTrials)),
            ])
        }))])
    }
}

extension ControlledColumns.Gain {
    fileprivate var ratio: Double { plainTrials / Double(max(1, trials)) }
}

extension TrialGoal {
    /// Whose means the goal is about; `nil` for claims.
    var response: String? {
        switch target {
        case .relativeError(_, let of), .absoluteError(_, let of), .exponent(_, let of, _), .crossing(_, _, let of, _): of
        case .claimsDecided: nil
        }
    }
}
