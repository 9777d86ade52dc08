import Glibc
import ResultStore
import TrialContract

/// A plan with every kind of variable a result has. Cells are decoded by index as a real plan's.
public struct FakePlan: SweepPlan {
    public init() {}

    public var rhos: [Double] = [0, 0.1, 0.25]
    public var learningRates: [Double] = [0.01, 0.05]
    public var optimizers = ["sgd", "m-sam"]
    public var trials = 10
    public var statistics: [ComponentDescription] = [FakePlan.distance, FakePlan.zeroGradients, FakePlan.iterate]
    public var sourceText = "schema: 1\nname: fake\ntitle: Größe\n"
    public var sweepFingerprint = "sweep-1"
    /// Cells whose (rho, learning rate) is here are dropped.
    public var excluded: Set<[Double]> = [[0.25, 0.05]]
    public var usesCommonRandomNumbers = true
    public var fixedSteps = 10
    /// Recorded steps; none: no trajectories.
    public var curveSteps: [Int] = []
    public var curveQuantities = ["distance_squared", "suboptimality"]
    /// Of quantities that are vectors: how they are stored, and what they are computed as.
    public var curveVectors: [String: (storage: StatisticStorage, formula: String?)] = [:]

    /// Called whenever a cell is asked for, as when files are made.
    public var whenAsked: @Sendable () -> Void = {}

    public let name = "fake"
    public let title = "A fake sweep: ρ and η"
    public let largestDimension = 3

    public static let distance = ComponentDescription(
        kind: .statistic, name: "distance", summary: "distance to the nearest minimiser", formula: "|x_T - x*|")
    public static let suboptimality = ComponentDescription(
        kind: .statistic, name: "suboptimality", summary: "excess value", formula: "f(x_T) - f*")
    public static let zeroGradients = ComponentDescription(
        kind: .statistic, name: "zero_gradients", summary: "zero ascent gradients", formula: "count", storage: .int32)
    public static let iterate = ComponentDescription(
        kind: .statistic, name: "iterate", summary: "the end", formula: "x_T", maximumDimension: 64,
        storage: .float64PerCoordinate)

    /// A vector of the sweep's own, of two numbers in all cells.
    public static func weights(_ formula: String = "u * v") -> ComponentDescription {
        ComponentDescription(
            kind: .statistic, name: "weights", summary: "the weights", formula: formula, storage: .float64Vector(2), isOwn: true)
    }

    public var planFingerprint: String {
        "\(sweepFingerprint)/\(rhos)/\(learningRates)/\(optimizers)/\(excluded.count)/\(trials)/\(statistics.map { $0.isOwn ? "\($0.name)=\($0.formula)" : $0.name })"
            + (curve.map { "/\($0.steps)/\(curveQuantities)" } ?? "")
            + (curveVectors.isEmpty ? "" : "\(curveQuantities.map { curveVectors[$0]?.formula ?? "" })")
    }

    public var curve: PlannedCurve? {
        guard !curveSteps.isEmpty else { return nil }
        return PlannedCurve(steps: curveSteps, quantities: curveQuantities.map {
            let vector = curveVectors[$0]
            return ComponentDescription(
                kind: .curveQuantity, name: $0, summary: "the \($0)", formula: vector?.formula ?? "",
                storage: vector?.storage ?? .float64, isOwn: vector?.formula != nil)
        })
    }

    public var dimensions: [GridDimension] {
        [
            GridDimension(name: "optimizer", values: .names(optimizers), longName: "optimizer"),
            GridDimension(name: "dimension", values: .integers([1, 3]), longName: "dimension"),
            GridDimension(name: "noise", values: .numbers([0.5]), longName: "standard deviation of the noise"),
            GridDimension(name: "learning_rate", values: .numbers(learningRates), longName: "learning rate"),
            GridDimension(name: "rho", values: .numbers(rhos), longName: "perturbation radius"),
        ]
    }

    public var auxiliaryCoordinates: [AuxiliaryCoordinate] {
        let values = learningRates.flatMap { rate in rhos.map { rate * $0 } }
        return [
            AuxiliaryCoordinate(
                name: "product", dimensions: ["learning_rate", "rho"], values: .numbers(values), longName: "derived"),
            AuxiliaryCoordinate(
                name: "label", dimensions: ["rho"], values: .names(rhos.map { "ρ=\($0)" }), longName: "zipped names"),
            AuxiliaryCoordinate(
                name: "batch", dimensions: ["dimension"], values: .integers([8, 16]), longName: "zipped numbers"),
        ]
    }

    public var fixedParameters: [FixedParameter] {
        [
            FixedParameter(name: "steps", value: .integers([fixedSteps]), longName: "steps"),
            FixedParameter(name: "start_radius", value: .numbers([1.5]), longName: "starting distance"),
            FixedParameter(name: "noise_model", value: .names(["gaussian"]), longName: "noise model"),
        ]
    }

    public func cell(at index: Int) throws -> PlannedCell {
        whenAsked()
        let rho = rhos[index % rhos.count]
        let rate = learningRates[index / rhos.count % learningRates.count]
        if excluded.contains([rho, rate]) { return .excluded }
        let spectrum = Spectrum(blocks: [EigenBlock(value: 1, multiplicity: dimension(ofCell: index))])
        let trialClass = TrialClass(
            optimizer: ComponentChoice("sgd"), problem: ComponentChoice("quadratic"), spectrum: spectrum,
            noiseModel: ComponentChoice("none"), steps: fixedSteps, statistics: statistics.map(\.name))
        return .included(trialClass, CellParameters(
            learningRate: rate, rho: rho, noisePerCoordinate: 0, streamKey: 7))
    }

    public func dimension(ofCell index: Int) -> Int { [1, 3][index / (rhos.count * learningRates.count) % 2] }

    public func isExcluded(_ cell: Int) -> Bool {
        excluded.contains([rhos[cell % rhos.count], learningRates[cell / rhos.count % learningRates.count]])
    }
}

/// Outcomes told by the cell's coordinates and the trial's number, as a kernel's are: not by the cell's position.
extension FakePlan {
    /// A number that no other cell with other coordinates has.
    public func key(_ cell: Int) -> Double {
        var rest = cell
        var key = 0.0
        for dimension in dimensions.reversed() {
            let index = rest % dimension.count
            rest /= dimension.count
            switch dimension.values {
            case .names(let names): key = key * 31 + Double(names[index].utf8.reduce(0) { $0 &* 7 &+ Int($1) } % 97)
            case .integers(let integers): key = key * 31 + Double(integers[index])
            case .numbers(let numbers): key = key * 31 + numbers[index]
            }
        }
        return key
    }

    public func diverges(_ cell: Int, _ trial: Int) -> Bool { diverges(key: key(cell), trial) }

    private func diverges(key: Double, _ trial: Int) -> Bool { (Int(key * 100) &+ trial) % 11 == 3 }

    public func value(_ statistic: String, _ cell: Int, _ trial: Int, _ coordinate: Int = 0) -> Double {
        if diverges(cell, trial) { return statistic == "zero_gradients" ? 0 : .nan }
        switch statistic {
        case "zero_gradients": return Double((Int(key(cell)) + trial) % 5)
        case "iterate", "weights": return key(cell) + Double(trial) * 1e-3 + Double(coordinate) * 1e-6
        case "distance": return key(cell) + Double(trial) * 1e-3
        default: return -key(cell) - Double(trial)
        }
    }

    /// A trajectory's value; a trial that diverges does so at step 4, and none reaches a step beyond the last.
    public func curveValue(_ quantity: Int, _ cell: Int, _ trial: Int, _ step: Int) -> Double {
        curveValue(quantity, key: key(cell), trial, step)
    }

    /// The same for a cell whose key is known.
    public func curveValue(_ quantity: Int, key: Double, _ trial: Int, _ step: Int, _ number: Int = 0) -> Double {
        if step > fixedSteps || diverges(key: key, trial) && step >= 4 { return .nan }
        let remainder = (trial * 7919 + step * 31 + quantity) % 1009
        return key + Double(remainder) * 1e-3 - Double(number)
    }

    /// How many numbers a quantity has at a step in a cell, and in the file.
    public func curveWidth(_ quantity: Int, cell: Int) -> (own: Int, stored: Int) {
        let storage = curveVectors[curveQuantities[quantity]]?.storage ?? .float64
        return (storage.width(dimension: dimension(ofCell: cell)), storage.width(dimension: largestDimension))
    }

    public func block(cells: [Int], trials: Range<Int>) -> OutcomeBlock {
        var columns = OutcomeColumns(
            status: [], stepsTaken: [], values: statistics.map { _ in [] }, curves: curve?.quantities.map { _ in [] } ?? [])
        let reached = curveSteps.filter { $0 <= fixedSteps }
        for cell in cells {
            let key = key(cell)
            for trial in trials {
                columns.status.append(diverges(cell, trial) ? 2 : 1)
                columns.stepsTaken.append(diverges(cell, trial) ? 4 : Int64(fixedSteps))
                for quantity in columns.curves.indices {
                    let width = curveWidth(quantity, cell: cell).own
                    columns.curves[quantity] += reached.flatMap { step in
                        (0..<width).map { curveValue(quantity, key: key, trial, step, $0) }
                    }
                }
                for (index, statistic) in statistics.enumerated() {
                    let width = statistic.storage.width(dimension: dimension(ofCell: cell))
                    for coordinate in 0..<width {
                        columns.values[index].append(value(statistic.name, cell, trial, coordinate))
                    }
                }
            }
        }
        return OutcomeBlock(cellIndices: cells, trials: trials, statistics: statistics.map(\.name), columns: columns)
    }

    /// Stores everything that the writer says is missing, in blocks of one cell and at most `length` trials.
    ///
    /// - Returns: the number of trials stored.
    @discardableResult
    public func run(_ writer: ResultWriter, cells: Range<Int>? = nil, length: Int = .max, limit: Int = .max) throws -> Int {
        let cells = cells ?? 0..<cellCount
        var stored = 0
        for (cell, runs) in zip(cells, try writer.missingTrials(cells: cells)) {
            for run in runs {
                for first in stride(from: run.lowerBound, to: run.upperBound, by: min(length, run.count)) {
                    if stored >= limit { return stored }
                    let trials = first..<min(run.upperBound, first + min(length, run.count))
                    try writer.store(block(cells: [cell], trials: trials))
                    stored += trials.count
                }
            }
        }
        return stored
    }

    /// What differs between a file and what all trials of the plan should give, trials that `isDone` rejects missing.
    public func complaints(_ reader: ResultReader, isDone: (Int, Int) -> Bool = { _, _ in true }) throws -> [String] {
        var complaints: [String] = []
        for cell in 0..<cellCount {
            let status = try reader.status(cells: cell..<cell + 1)
            let steps = try reader.stepsTaken(cells: cell..<cell + 1)
            for trial in 0..<trials {
                let done = !isExcluded(cell) && isDone(cell, trial)
                let expected: UInt8 = isExcluded(cell) ? 3 : !done ? 0 : diverges(cell, trial) ? 2 : 1
                if status[trial] != expected { complaints.append("status \(status[trial]) of \(cell), \(trial)") }
                let expectedSteps = done ? diverges(cell, trial) ? 4 : fixedSteps : 0
                if steps[trial] != expectedSteps { complaints.append("steps \(steps[trial]) of \(cell), \(trial)") }
            }
            for statistic in reader.statistics {
                let values = try reader.values(of: statistic.name, cells: cell..<cell + 1)
                for trial in 0..<trials {
                    for column in 0..<statistic.width {
                        let isThere = !isExcluded(cell) && isDone(cell, trial) && (statistic.storage != .float64PerCoordinate || column < dimension(ofCell: cell))
                        let expected = isThere ? value(statistic.name, cell, trial, column) : .nan
                        let found = values[trial * statistic.width + column]
                        if found != expected && !(found.isNaN && expected.isNaN) {
                            complaints.append("\(statistic.name) \(found) for \(expected) of \(cell), \(trial), \(column)")
                        }
                    }
                }
            }
        }
        return complaints
    }
}

extension Provenance {
    public static let test = Provenance(
        version: "0.0-test", gitCommit: "abc123", commandLine: "samsweep run fake.yaml", references: "none",
        kernelRevision: 1)
}
