import TrialContract

/// What is recorded of a trial: a statistic of the catalogue or one that the sweep defines.
enum RecordedStatistic {
    case member(any Statistic.Type)
    case own(DefinedStatistic)

    var storage: StatisticStorage {
        switch self {
        case .member(let statistic): statistic.description.storage
        case .own: .float64
        }
    }

    func watched(steps: Int) -> ClosedRange<Int>? {
        switch self {
        case .member(let statistic): statistic.watched(steps: steps)
        case .own(let statistic):
            switch statistic.moment {
            case .end: nil
            case .tail: tail(steps: steps)
            case .best, .mean: 0...steps
            }
        }
    }

    var initial: Lanes {
        switch self {
        case .member(let statistic): statistic.initial
        case .own(let statistic): Lanes(repeating: statistic.moment == .best ? .infinity : 0)
        }
    }
}

/// Finds the values of a statistic that the sweep defines, eight trials at once.
struct OwnStatisticMachine {
    private let moment: DefinedStatistic.Moment
    private let machine: TapeMachine
    let usesObjective: Bool
    private let output: UnsafeMutablePointer<Lanes>

    init(_ statistic: DefinedStatistic, workspace: Workspace) {
        moment = statistic.moment
        machine = TapeMachine(statistic.tape)
        usesObjective = statistic.usesObjective
        output = workspace.vectors(statistic.tape.outputSize)
    }

    /// - Parameter objective: f and its gradient at x, where they are asked for.
    func value(at x: UnsafePointer<Lanes>, objective: UnsafePointer<Lanes>?) -> Lanes {
        machine.run(at: x, sample: objective, into: output)
        return output[0]
    }

    func observe(_ accumulator: inout Lanes, _ value: Lanes) {
        if moment == .best {
            accumulator.replace(with: value, where: (value .< accumulator) .| (value .!= value))
        } else {
            accumulator += value
        }
    }

    /// - Parameter last: the value at x_T.
    func result(_ accumulator: Lanes, steps: Int, last: () -> Lanes) -> Lanes {
        let result =
            switch moment {
            case .end: last()
            case .tail: accumulator / Double(tail(steps: steps).count)
            case .best: accumulator
            case .mean: accumulator / Double(steps + 1)
            }
        // One bit pattern for all that is not a number.
        return result.replaced(by: Lanes(repeating: .nan), where: result .!= result)
    }
}
