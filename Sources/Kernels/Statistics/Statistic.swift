import TrialContract

/// What can be measured of an iterate, eight trials at once.
struct Measures {
    /// |x - x*|^2 to the nearest minimiser.
    var distanceSquared: Lanes
    /// |x - x*|, also where its square underflows.
    var distance: Lanes
    /// f(x) - f*.
    var suboptimality: Lanes
    /// f(x).
    var objective: Lanes
    /// |grad f(x)|^2.
    var gradientSquared: Lanes
}

/// How a trial ended.
struct FinalState {
    var measures: Measures
    /// Ascent gradients that were exactly 0.
    var zeroGradients: Lanes
    var steps: Int
}

/// A recorded quantity: one number per trial, from the end state and, where it says so, from steps before.
///
/// A new statistic is a file with a type of this kind and one line in `Catalogue.swift`.
protocol Statistic: Sendable {
    static var description: ComponentDescription { get }

    /// The iterates x_t it watches, as a range of t in 0 ... T; `nil`: the end state is enough.
    static func watched(steps: Int) -> ClosedRange<Int>?
    /// The accumulator before the first watched iterate.
    static var initial: Lanes { get }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures)
    static func value(_ accumulator: Lanes, _ final: FinalState) -> Lanes
}

extension Statistic {
    static var name: String { description.name }
    static var initial: Lanes { Lanes(repeating: 0) }
    static func watched(steps: Int) -> ClosedRange<Int>? { nil }
    static func observe(_ accumulator: inout Lanes, _ measures: Measures) {}
}

/// The last tenth of the iterates: t = T - max(1, floor(T/10)) + 1 … T.
func tail(steps: Int) -> ClosedRange<Int> { steps - max(1, steps / 10) + 1...steps }
