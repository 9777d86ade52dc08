import TrialContract

/// What is recorded of a trial: a statistic of the catalogue or one that the sweep defines.
enum RecordedStatistic {
    case member(any Statistic.Type)
    case own(DefinedStatistic)

    var storage: StatisticStorage {
        switch self {
        case .member(let statistic): statistic.description.storage
        case .own(let statistic): statistic.count == 1 ? .float64 : .float64Vector(statistic.count)
        }
    }

    /// The numbers that are kept of it on the way.
    var count: Int {
        switch self {
        case .member: 1
        case .own(let statistic): statistic.count
        }
    }

    func watched(steps: Int) -> ClosedRange<Int>? {
        switch self {
        case .member(let statistic): statistic.watched(steps: steps)
        case .own(let statistic):
            switch statistic.moment {
            case .end: nil
            case .tail: tail(steps: steps)
            case .best, .mean, .first: 0...steps
            }
        }
    }

    var initial: Lanes {
        switch self {
        case .member(let statistic): statistic.initial
        case .own(let statistic):
            switch statistic.moment {
            case .best: Lanes(repeating: .infinity)
            case .first: Lanes(repeating: .nan)
            case .end, .tail, .mean: Lanes(repeating: 0)
            }
        }
    }
}

/// What is recorded of a trajectory: a quantity of the catalogue or one that the sweep defines.
enum RecordedQuantity {
    case member(any CurveQuantity.Type)
    case own(DefinedStatistic)

    var isPerCoordinate: Bool {
        if case .member(let quantity) = self { quantity.description.storage == .float64PerCoordinate } else { false }
    }

    /// The numbers of a point.
    func width(dimension: Int) -> Int {
        switch self {
        case .member(let quantity): quantity.description.storage.width(dimension: dimension)
        case .own(let statistic): statistic.count
        }
    }
}

/// Finds the values of a statistic that the sweep defines, eight trials at once.
struct OwnStatisticMachine {
    private let moment: DefinedStatistic.Moment
    private let machine: TapeMachine
    let usesMeasures: Bool
    let usesGradient: Bool
    let count: Int
    private let output: UnsafeMutablePointer<Lanes>

    init(_ statistic: DefinedStatistic, workspace: Workspace) {
        moment = statistic.moment
        machine = TapeMachine(statistic.tape)
        (usesMeasures, usesGradient) = (statistic.usesMeasures, statistic.usesGradient)
        count = statistic.count
        output = workspace.vectors(statistic.count)
    }

    /// Its numbers at x, until they are asked for again.
    ///
    /// - Parameter told: what is known of the objective at x, where it is asked for.
    func values(at x: UnsafePointer<Lanes>, told: UnsafePointer<Lanes>?) -> UnsafePointer<Lanes> {
        machine.run(at: x, sample: told, into: output)
        return UnsafePointer(output)
    }

    /// Whether values at later iterates change nothing any more.
    func isSettled(_ accumulators: UnsafePointer<Lanes>) -> Bool {
        moment == .first && (0..<count).allSatisfy { (accumulators[$0] .== accumulators[$0]).isSetInAllLanes }
    }

    func observe(_ accumulators: UnsafeMutablePointer<Lanes>, _ values: UnsafePointer<Lanes>, at t: Int) {
        for k in 0..<count {
            let value = values[k]
            switch moment {
            case .best: accumulators[k].replace(with: value, where: (value .< accumulators[k]) .| (value .!= value))
            case .first:
                let isOpen = accumulators[k] .!= accumulators[k], holds = (value .== value) .& (value .!= Lanes(repeating: 0))
                accumulators[k].replace(with: Lanes(repeating: Double(t)), where: isOpen .& holds)
            case .end, .tail, .mean: accumulators[k] += value
            }
        }
    }

    /// - Parameter last: the values at x_T.
    func results(
        _ accumulators: UnsafePointer<Lanes>, steps: Int, last: () -> UnsafePointer<Lanes>
    ) -> [Lanes] {
        let source = moment == .end ? last() : accumulators
        return (0..<count).map { k in
            let result =
                switch moment {
                case .end, .best, .first: source[k]
                case .tail: source[k] / Double(tail(steps: steps).count)
                case .mean: source[k] / Double(steps + 1)
                }
            // One bit pattern for all that is not a number.
            return result.replaced(by: Lanes(repeating: .nan), where: result .!= result)
        }
    }
}
