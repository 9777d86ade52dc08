import TrialContract

/// loss = ln(1 + exp(-b z)), b = -1 or +1.
enum LogisticRegression: LinearLoss {
    static let description = ComponentDescription(
        kind: .problem, name: "logistic", summary: "logistic regression with an l2 penalty, over data from a file",
        formula: "f(x) = (1/n) sum_i ln(1 + exp(-b_i a_i.x)) + l2 |x|^2/2, gradients over mini-batches",
        citation: "Cox, J. R. Stat. Soc. B 20 (1958) 215",
        parameters: DataParameters.all(defaultL2: 0.01, l2Range: .positive),
        objective: ObjectiveProperties(loss: .logistic))

    static func value(_ z: Lanes, target: Lanes) -> Lanes { softplus(-target * z) }

    static func curvature(_ z: Lanes, target: Lanes) -> Lanes {
        let p = sigmoid(-target * z)
        return p * (1 - p)
    }

    @inline(__always)
    static func slope(_ z: Lanes, target: Lanes) -> Lanes { -target * sigmoid(-target * z) }

    /// With u = -b z*, p = sigmoid(u) and e = -b delta: ln(1 + p (exp e - 1)) - p e.
    ///
    /// Near 0 by its series, whose coefficients are the cumulants of a coin of probability p; far away by its asymptotes.
    @inline(__always)
    static func excess(_ delta: Lanes, optimum: Lanes, target: Lanes) -> Lanes {
        let e = -target * delta
        let p = sigmoid(-target * optimum)
        let near = e.absolute .< Lanes(repeating: 0x1p-6)
        return farExcess(e, p).replaced(by: nearExcess(e, p), where: near)
    }

    @inline(__always)
    private static func farExcess(_ e: Lanes, _ p: Lanes) -> Lanes {
        let cut = e.maximum(Lanes(repeating: -600)).minimum(Lanes(repeating: 600))
        let inside = logarithmOnePlus(p * (exponential(cut) - 1)) - p * cut
        let tail = (-p).replaced(by: 1 - p, where: e .> Lanes(repeating: 0))
        return inside.adding(e - cut, times: tail)
    }

    /// v e^2/2 (1 + (1-2p) e/3 + (1-6v) e^2/12 + (1-2p)(1-12v) e^3/60 + (1-30v+120v^2) e^4/360
    /// + (1-2p)(1-60v+360v^2) e^5/2520), v = p (1 - p).
    @inline(__always)
    private static func nearExcess(_ e: Lanes, _ p: Lanes) -> Lanes {
        // In small pieces of one type each: whole, they cost seconds to type-check.
        let v: Lanes = p * (1 - p)
        let skew: Lanes = 1 - p * 2
        let fifth: Lanes = 60 - v * 360
        let fourth: Lanes = 30 - v * 120
        var series: Lanes = skew * (1 - v * fifth)
        series *= Lanes(repeating: 1 / 2520)
        series = ((1 - v * fourth) * Lanes(repeating: 1 / 360)).adding(series, times: e)
        series = (skew * (1 - v * 12) * Lanes(repeating: 1 / 60)).adding(series, times: e)
        series = ((1 - v * 6) * Lanes(repeating: 1 / 12)).adding(series, times: e)
        series = (skew * Lanes(repeating: 1 / 3)).adding(series, times: e)
        series = Lanes(repeating: 1).adding(series, times: e)
        return v * 0.5 * (e * e) * series
    }

    /// 1/(1 + exp(-u)).
    @inline(__always)
    private static func sigmoid(_ u: Lanes) -> Lanes {
        1 / (exponential((-u).maximum(Lanes(repeating: -600)).minimum(Lanes(repeating: 600))) + 1)
    }
}
