import TrialContract

/// A trial's last iterate, and what its objective says there.
///
/// The kernel is asked by algorithms of one step that put the answer in the place of the iterate, so that every problem
/// that has trials can be asked.
final class MeasuredPoint {
    private let kernel: any TrialKernel
    private let trialClass: TrialClass
    private let stop: StopFlag
    let cell: CellParameters
    let x: [Double]
    /// T.
    let steps: Int
    /// What the kernel found out on the way for the measure in hand.
    var onTheWay = Double.nan
    private var knownGradient: [Double]?
    private var knownTop: Eigenpair?

    var dimension: Int { x.count }

    init(_ x: [Double], kernel: any TrialKernel, trialClass: TrialClass, cell: CellParameters, stop: StopFlag) {
        self.kernel = kernel
        self.stop = stop
        self.x = x
        steps = trialClass.steps
        self.cell = CellParameters(learningRate: cell.learningRate, rho: cell.rho, noisePerCoordinate: 0, streamKey: cell.streamKey)
        var asked = trialClass
        asked.optimizer = ComponentChoice("sgd")
        asked.learningRateSchedule = ComponentChoice("constant")
        asked.rhoSchedule = ComponentChoice("constant")
        asked.learningRateFactors = nil
        asked.rhoFactors = nil
        asked.steps = 1
        asked.statistics = ["iterate"]
        asked.definedStatistics = []
        asked.curve = nil
        asked.divergedAbove = nil
        self.trialClass = asked
    }

    /// The gradient of f at the point; not finite where it is not.
    func gradient() throws(Interruption) -> [Double] {
        if let knownGradient { return knownGradient }
        let found = try gradient(at: x)
        knownGradient = found
        return found
    }

    func gradient(at point: [Double]) throws(Interruption) -> [Double] {
        let d = dimension
        return try answer(.gradient(.exact), at: point, Self.copy([(.point, 0)], d, constants: []))
    }

    /// The Hessian of f at the point, times a direction.
    func hessianProduct(_ direction: [Double]) throws(Interruption) -> [Double] {
        try answer(.hessianProduct(.exact), at: x, Self.copy([(.point, 0), (.constant, 0)], dimension, constants: direction))
    }

    /// The largest eigenvalue of the Hessian with its eigenvector; `nil` where it is not finite or was not found.
    func top() throws(Interruption) -> Eigenpair? {
        if let knownTop { return knownTop }
        knownTop = try Eigenpair.largest(dimension: dimension) { direction throws(Interruption) in try hessianProduct(direction) }
        return knownTop
    }

    /// A tape that writes vectors one after the other.
    private static func copy(_ sources: [(space: Tape.Space, offset: Int)], _ d: Int, constants: [Double]) -> Tape {
        let instructions = sources.enumerated().map { place, source in
            Tape.Instruction(
                .copy, rows: 1, columns: d, result: Tape.Operand(.output, offset: place * d, rowStride: 0, columnStride: 1),
                operands: [Tape.Operand(source.space, offset: source.offset, rowStride: 0, columnStride: 1)])
        }
        return Tape(instructions: instructions, constants: constants, bufferSize: 0, outputSize: sources.count * d)
    }

    private func answer(_ question: DefinedAlgorithm.Question, at point: [Double], _ tape: Tape) throws(Interruption) -> [Double] {
        let d = dimension, place = DefinedAlgorithm.memoryPlace(d)
        var asked = trialClass
        asked.start = .vector(point)
        asked.definedAlgorithm = DefinedAlgorithm(
            dimension: d, memory: [], evaluations: [DefinedAlgorithm.Evaluation(question: question, point: tape, result: place)],
            next: Self.copy([(.point, place)], d, constants: []), stateSize: place + d)
        guard let columns = kernel.run(BlockRequest(trialClass: asked, cells: [cell], trials: 0..<1), stop: stop) else {
            throw Interruption()
        }
        return columns.values[0]
    }
}
