import Synchronization
import TrialContract

/// A plan over one axis. Every `period`-th cell has another class; `excluded` ones are dropped.
struct FakePlan: SweepPlan {
    var cells: Int
    var trials: Int
    var steps = 10
    var period = 3
    var excluded: Set<Int> = []
    var usesCommonRandomNumbers = true
    var failingCell: Int?
    let spectra = [1, 4].map { Spectrum(blocks: [EigenBlock(value: 1, multiplicity: $0)]) }

    let name = "fake", title = "fake", sourceText = ""
    var dimensions: [GridDimension] {
        [GridDimension(name: "rho", values: .numbers((0..<cells).map(Double.init)), longName: "rho")]
    }
    let auxiliaryCoordinates: [AuxiliaryCoordinate] = []
    let fixedParameters: [FixedParameter] = []
    let statistics: [ComponentDescription] = []
    let sweepFingerprint = "", planFingerprint = ""
    var largestDimension: Int { 4 }

    init(cells: Int, trials: Int) {
        self.cells = cells
        self.trials = trials
    }

    func cell(at index: Int) throws -> PlannedCell {
        if index == failingCell { throw FakeError(text: "cell \(index)") }
        if excluded.contains(index) { return .excluded }
        let trialClass = TrialClass(
            optimizer: ComponentChoice("sgd"), problem: ComponentChoice("quadratic"),
            spectrum: spectra[index % period == 0 ? 1 : 0], noiseModel: ComponentChoice("none"), steps: steps,
            statistics: ["distance"])
        return .included(trialClass, CellParameters(
            learningRate: 1, rho: Double(index), noisePerCoordinate: 0, streamKey: 7))
    }
}

struct FakeError: Error, Equatable {
    let text: String
}

/// A trial's value is told by its cell and number; odd trials of cell 5 diverge after 4 steps.
struct FakeKernel: TrialKernel {
    let instructionSet = InstructionSet.baseline
    /// Called before each block.
    var hook: @Sendable (BlockRequest) -> Void = { _ in }

    func run(_ request: BlockRequest, stop: StopFlag) -> OutcomeColumns? {
        hook(request)
        if stop.isRaised { return nil }
        var columns = OutcomeColumns(status: [], stepsTaken: [], values: [[]])
        for cell in request.cells {
            for trial in request.trials {
                let diverges = cell.rho == 5 && trial % 2 == 1
                columns.status.append(diverges ? 2 : 1)
                columns.stepsTaken.append(diverges ? 4 : Int64(request.trialClass.steps))
                columns.values[0].append(Self.value(cell: Int(cell.rho), trial: trial))
            }
        }
        return columns
    }

    static func value(cell: Int, trial: Int) -> Double { Double(cell) * 1_000_000 + Double(trial) }

    func unitNoise(_ request: NoiseRequest) -> [Double] { [] }

    func drawNormals(count: Int, precision: NoisePrecision, streamKey: UInt64) -> Double { 0 }
}

/// Keeps everything; remembers what came twice or in the wrong shape.
final class FakeStore: OutcomeSink, CompletionMap {
    struct State {
        var values: [Place: Double] = [:]
        var repeated: [Place] = []
        var malformed = 0
        var blocks = 0
    }

    struct Place: Hashable {
        let cell: Int
        let trial: Int
    }

    let trials: Int
    let failAtBlock: Int?
    private let state: Mutex<State>

    init(trials: Int, done: [Place] = [], failAtBlock: Int? = nil) {
        self.trials = trials
        self.failAtBlock = failAtBlock
        var state = State()
        for place in done { state.values[place] = FakeKernel.value(cell: place.cell, trial: place.trial) }
        self.state = Mutex(state)
    }

    var current: State { state.withLock { $0 } }

    func store(_ block: OutcomeBlock) throws {
        try state.withLock { state in
            state.blocks += 1
            if state.blocks == failAtBlock { throw FakeError(text: "disk full") }
            if block.cellIndices != block.cellIndices.sorted() || block.statistics != ["distance"]
                || block.columns.values[0].count != block.cellIndices.count * block.trials.count {
                state.malformed += 1
                return
            }
            var row = 0
            for cell in block.cellIndices {
                for trial in block.trials {
                    let place = Place(cell: cell, trial: trial)
                    if state.values.updateValue(block.columns.values[0][row], forKey: place) != nil {
                        state.repeated.append(place)
                    }
                    row += 1
                }
            }
        }
    }

    func missingTrials(cells: Range<Int>) throws -> [[Range<Int>]] {
        state.withLock { state in
            cells.map { cell in
                var runs: [Range<Int>] = []
                for trial in 0..<trials where state.values[Place(cell: cell, trial: trial)] == nil {
                    if let last = runs.last, last.upperBound == trial {
                        runs[runs.count - 1] = last.lowerBound..<trial + 1
                    } else {
                        runs.append(trial..<trial + 1)
                    }
                }
                return runs
            }
        }
    }

    /// What is wrong with the store if it should hold exactly all trials of the plan's cells.
    func complaints(about plan: FakePlan) -> [String] {
        let state = current
        var complaints = state.repeated.map { "twice: \($0)" }
        if state.malformed > 0 { complaints.append("\(state.malformed) malformed blocks") }
        for cell in 0..<plan.cells {
            for trial in 0..<plan.trials {
                let expected = plan.excluded.contains(cell) ? nil : FakeKernel.value(cell: cell, trial: trial)
                if state.values[Place(cell: cell, trial: trial)] != expected { complaints.append("\(cell), \(trial)") }
            }
        }
        return complaints
    }
}
