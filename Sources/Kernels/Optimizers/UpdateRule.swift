import TrialContract

/// Parameters that every optimizer has: what is made of its plain steps.
///
/// * `momentum` mu (heavy ball): x_{t+1} = x_t - eta_t g_t + mu (x_t - x_{t-1}), x_{-1} = x_0, where -eta_t g_t is the
///   optimizer's plain step from x_t. Polyak, USSR Comput. Math. Math. Phys. 4 (1964) 1.
/// * `averaging` a (suffix averaging): statistics and curves see the mean of the iterates from
///   t_0 = T - max(1, floor(a T)) + 1 on instead of x_t; before t_0 they see x_t. a = 1 is Polyak-Ruppert averaging.
///   Polyak & Juditsky, SIAM J. Control Optim. 30 (1992) 838; Rakhlin, Shamir & Sridharan, ICML 2012.
///
/// With both 0 nothing is done, bit for bit. Divergence is judged by x_t itself.
struct UpdateRule {
    private static let momentum = ParameterDescription(
        name: "momentum", summary: "weight of the last move x_t - x_{t-1} in the next (heavy ball); 0: none",
        range: ParameterRange(0, 1, upperIsOpen: true), defaultValue: 0)
    private static let averaging = ParameterDescription(
        name: "averaging", summary: "share of the iterates, counted from the end, whose mean is recorded; 0: none",
        range: ParameterRange(0, 1), defaultValue: 0)
    static let parameters = [momentum, averaging]

    let momentum: Double
    /// The first averaged iterate; `nil`: the iterates themselves are recorded.
    let averagedFrom: Int?

    init(_ trialClass: TrialClass) {
        momentum = Self.momentum.value(in: trialClass.optimizer.parameters) ?? 0
        let share = Self.averaging.value(in: trialClass.optimizer.parameters) ?? 0
        averagedFrom = share > 0
            ? trialClass.steps - max(1, Int((share * Double(trialClass.steps)).rounded(.down))) + 1 : nil
    }

    var isPlain: Bool { momentum == 0 && averagedFrom == nil }

    /// Vectors of d coordinates it keeps: previous iterate and velocity, sum of iterates and their mean.
    var memoryVectors: Int { isPlain ? 0 : 4 }

    /// Whether something is to be done after the steps that lead to these iterates.
    func concerns(_ iterates: ClosedRange<Int>) -> Bool {
        momentum > 0 || averagedFrom.map { iterates.upperBound >= $0 } ?? false
    }
}
