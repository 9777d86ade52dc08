/// Chi variates with any number of degrees of freedom, eight trials at once, counter-based and exact.
///
/// chi_nu^2 is twice a gamma variate of shape a = nu/2, drawn by Marsaglia & Tsang (ACM Trans. Math. Softw. 26 (2000)
/// 363): with delta = a - 1/3, z normal, u uniform and w = z / (3 sqrt delta), delta (1 + w)^3 is accepted if 1 + w > 0 and
///
///     ln u < z^2/2 + delta (1 - v + ln v),  v = (1 + w)^3.
///
/// The right side is 3 delta R(w), R(w) = ln(1 + w) - (w - w^2/2 + w^3/3) = -w^4/4 + w^5/5 - …: for many degrees of
/// freedom R is summed as a series, without cancellation. At most one in 20 is rejected (nu = 2), one in 10^7 at 10^6.
///
/// nu = 0 gives 0 and nu = 1 the magnitude of a normal. Each lane takes its own first accepted attempt, so its value
/// depends on its own counters only.
struct ChiLaw {
    let degrees: Int
    private let delta: Double
    private let wPerNormal: Double
    /// |w| stays below 8.5 / (3 sqrt delta).
    private let usesSeries: Bool

    init(degrees: Int) {
        self.degrees = degrees
        delta = 0.5 * Double(degrees) - 1.0 / 3
        wPerNormal = 1 / (3 * delta.squareRoot())
        usesSeries = delta > 10_000
    }

    /// - Parameters:
    ///   - normal: the normal of attempt 0.
    ///   - uniform: a uniform in (0, 1] for the attempt of this number.
    ///   - retry: the normal of a later attempt.
    @inline(__always)
    func draw(normal: Lanes, uniform: (Int) -> Lanes, retry: (Int) -> Lanes) -> Lanes {
        if degrees == 0 { return Lanes(repeating: 0) }
        if degrees == 1 { return normal.absolute }
        var (value, isOpen) = attempt(normal, uniform(0))
        var number = 1
        while isOpen.isSetInAnyLane {
            let (next, isRejected) = attempt(retry(number), uniform(number))
            value = value.replaced(by: next, where: isOpen)
            isOpen = isOpen .& isRejected
            number += 1
        }
        return value
    }

    /// The variate of an attempt, and in which lanes it is rejected.
    @inline(__always)
    private func attempt(_ z: Lanes, _ u: Lanes) -> (Lanes, LaneMask) {
        let w = z * wPerNormal
        let root = w + 1
        let isPositive = root .> Lanes(repeating: 0)
        let remainder = usesSeries ? seriesRemainder(w) : remainder(w, root.replaced(by: Lanes(repeating: 1), where: .!isPositive))
        let bound = remainder * (3 * delta)
        // ln u < b wherever u < 1 + b, for 1 + b <= exp b.
        var isAccepted = isPositive .& (u .< (bound + 1))
        if (.!isAccepted).isSetInAnyLane { isAccepted = isPositive .& (logarithm(u) .< bound) }
        let value = (root * root * root * (2 * delta)).maximum(Lanes(repeating: 0)).squareRoot()
        return (value, .!isAccepted)
    }

    /// R(w) by the logarithm; the error of 3 delta R is a few 10^-13 at most.
    @inline(__always)
    private func remainder(_ w: Lanes, _ root: Lanes) -> Lanes {
        // What rounding took from 1 + w belongs to the logarithm's derivative.
        let logarithmOnePlus = logarithm(root) + (w - (root - 1)) / root
        let cubic = Lanes(repeating: 1).adding(w, times: Lanes(repeating: -0.5).adding(w, times: Lanes(repeating: 1 / 3.0)))
        return logarithmOnePlus - w * cubic
    }

    /// R(w) = -w^4 (1/4 - w/5 + w^2/6 - …) for |w| < 0.03: ten terms leave 10^-16 of it.
    @inline(__always)
    private func seriesRemainder(_ w: Lanes) -> Lanes {
        var series = Lanes(repeating: -1 / 13.0)
        for denominator in [12.0, -11, 10, -9, 8, -7, 6, -5, 4] {
            series = Lanes(repeating: 1 / denominator).adding(series, times: w)
        }
        let square = w * w
        return -(square * square) * series
    }
}
