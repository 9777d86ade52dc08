import TrialContract

/// The factors of a sweep's own formula, one for each of the class's steps.
struct DefinedFactors: FactorSource {
    private let schedule: DefinedSchedule

    init(_ schedule: DefinedSchedule) { self.schedule = schedule }

    var isConstant: Bool { false }

    func fill(_ target: UnsafeMutablePointer<Double>, steps: Range<Int>) {
        schedule.factors.withUnsafeBufferPointer { factors in
            for step in steps { target[step - steps.lowerBound] = factors[step] }
        }
    }
}
