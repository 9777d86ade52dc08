import TrialContract

/// What a base value (learning rate or rho) is multiplied with at each step.
protocol FactorSource: Sendable {
    /// Factors are all 1 and need not be filled.
    var isConstant: Bool { get }

    /// Writes the factors of `steps` from `target[0]` on; the buffer has room for the next multiple of eight.
    func fill(_ target: UnsafeMutablePointer<Double>, steps: Range<Int>)
}

/// A schedule of the catalogue.
///
/// A new one is a file with a type of this kind and one line in `Catalogue.swift`.
protocol Schedule: FactorSource {
    static var description: ComponentDescription { get }

    init(parameters: [String: Double])

    /// The factor at each of eight steps, given as t.
    func factor(at step: Lanes) -> Lanes
}

extension Schedule {
    static var name: String { description.name }
    var isConstant: Bool { false }

    func fill(_ target: UnsafeMutablePointer<Double>, steps: Range<Int>) {
        for start in stride(from: 0, to: steps.count, by: laneCount) {
            let first = Double(steps.lowerBound + start)
            let factors = factor(at: lanes { first + Double($0) })
            for lane in 0..<laneCount { target[start + lane] = factors[lane] }
        }
    }
}
