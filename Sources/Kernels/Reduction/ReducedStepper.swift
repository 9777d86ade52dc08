import TrialContract

/// Takes steps of the chain of block norms (r_1, …, r_K): O(K) a step, whatever the dimension.
///
/// Orthogonal maps inside the blocks commute with the update and leave normal noise alone, so the norms are Markov.
/// Turn block k so that x_k = r_k e_1; with n ~ N(0, 1) and q ~ chi(m_k - 1), G = lambda r + s n, Q = s q and
/// N^2 = sum_k G^2 + Q^2:
///
///     plain or shared noise   c = eta (1 + lambda f),  r' = |((1 - c lambda) r - c s n, c s q)|
///     noise of its own        A = |((1 - eta lambda) r - eta lambda f G, eta lambda f Q)|,  r' = |(A - eta s n', eta s q')|
///
/// where f is rho/N, rho (no normalisation) or 0 (no ascent). A's sign is free and taken from its first part, so that
/// rho = 0 gives plain descent bit for bit. The law is exact for every T, spectrum and start.
struct ReducedStepper<O: RotationInvariantOptimizer> {
    let optimizer: O
    /// One per block.
    let eigenvalues: [Double]

    func advance(_ slots: UnsafeMutablePointer<Slot>, count: Int, chunk: Chunk, observe: ((Int, Int) -> Void)?) {
        for s in 0..<chunk.steps.count {
            for i in 0..<count { step(slots + i, s, chunk) }
            if let observe {
                for i in 0..<count { observe(i, chunk.steps.lowerBound + s + 1) }
            }
        }
    }

    @inline(__always)
    private func step(_ slot: UnsafeMutablePointer<Slot>, _ s: Int, _ chunk: Chunk) {
        let learningRate = slot.pointee.learningRate(chunk, s)
        let row = 2 * eigenvalues.count * s
        let descentNoise = slot.pointee.descentNoise + row
        let normSquared: Lanes
        if O.ascentGradient == .none {
            normSquared = descend(slot, learningRate, Lanes(repeating: 0), descentNoise)
        } else {
            let ascentNoise = O.ascentGradient == .ownNoise ? slot.pointee.ascentNoise + row : descentNoise
            let climb = climb(slot, slot.pointee.rho(chunk, s), ascentNoise)
            normSquared = O.ascentGradient == .ownNoise
                ? descendTwice(slot, learningRate, climb, descentNoise, ascentNoise)
                : descend(slot, learningRate, climb, descentNoise)
        }
        if !(normSquared .< Lanes(repeating: .infinity)).isSetInAllLanes {
            slot.pointee.noteDivergence(dimension: eigenvalues.count, at: Double(chunk.steps.lowerBound + s + 1))
        }
    }

    /// What the ascent gradient is multiplied with; 0 where it is 0.
    @inline(__always)
    private func climb(
        _ slot: UnsafeMutablePointer<Slot>, _ rho: Lanes, _ noise: UnsafePointer<Lanes>
    ) -> Lanes {
        let r = slot.pointee.x
        func part(_ i: Int) -> Lanes {
            i & 1 == 0 ? gradient(r[i / 2], i / 2, noise) : seen(noise, i)
        }
        var sum = Lanes(repeating: 0)
        for i in 0..<2 * eigenvalues.count { sum = sum.adding(part(i), times: part(i)) }
        let size = norm(sumOfSquares: sum, dimension: 2 * eigenvalues.count, part)
        let isZero = size .== Lanes(repeating: 0)
        slot.pointee.countZeroGradients(isZero)
        return optimizer.scale(rho: rho, norm: size).replaced(by: Lanes(repeating: 0), where: isZero)
    }

    /// The gradient along block k's iterate.
    @inline(__always)
    private func gradient(_ r: Lanes, _ k: Int, _ noise: UnsafePointer<Lanes>) -> Lanes {
        seen(noise, 2 * k).adding(Lanes(repeating: eigenvalues[k]), times: r)
    }

    /// Full-gradient optimizers see no noise.
    @inline(__always)
    private func seen(_ noise: UnsafePointer<Lanes>, _ i: Int) -> Lanes {
        O.descentIsNoisy ? noise[i] : Lanes(repeating: 0)
    }

    /// The step where ascent and descent see the same noise, or there is no ascent; returns |x'|^2.
    @inline(__always)
    private func descend(
        _ slot: UnsafeMutablePointer<Slot>, _ learningRate: Lanes, _ climb: Lanes,
        _ noise: UnsafePointer<Lanes>
    ) -> Lanes {
        let r = slot.pointee.x
        return sumOfSquares(eigenvalues.count) { k in
            let lambda = eigenvalues[k]
            let rate = O.ascentGradient == .none
                ? learningRate : learningRate * Lanes(repeating: 1).adding(climb, times: Lanes(repeating: lambda))
            let still = r[k].adding(-(rate * lambda), times: r[k])
            r[k] = length(still.adding(-rate, times: seen(noise, 2 * k)), rate * seen(noise, 2 * k + 1))
            return r[k]
        }
    }

    /// The step with noise of its own in the ascent; returns |x'|^2.
    @inline(__always)
    private func descendTwice(
        _ slot: UnsafeMutablePointer<Slot>, _ learningRate: Lanes, _ climb: Lanes,
        _ noise: UnsafePointer<Lanes>, _ ascentNoise: UnsafePointer<Lanes>
    ) -> Lanes {
        let r = slot.pointee.x
        return sumOfSquares(eigenvalues.count) { k in
            let rate = learningRate * eigenvalues[k]
            let pull = rate * climb
            let along = r[k].adding(-rate, times: r[k])
                .adding(-pull, times: gradient(r[k], k, ascentNoise))
            let across = pull * ascentNoise[2 * k + 1]
            let middle = length(along, across).withSign(of: along)
            r[k] = length(
                middle.adding(-learningRate, times: noise[2 * k]), learningRate * noise[2 * k + 1])
            return r[k]
        }
    }

    /// sqrt(a^2 + b^2), also where the squares under- or overflow.
    @inline(__always)
    private func length(_ a: Lanes, _ b: Lanes) -> Lanes {
        let sum = (b * b).adding(a, times: a)
        return norm(sumOfSquares: sum, dimension: 2) { $0 == 0 ? a : b }
    }

    /// All measures of eight sets of block norms.
    func measure(_ r: UnsafeMutablePointer<Lanes>, _ blocks: Int) -> Measures {
        let distanceSquared = sumOfSquares(blocks) { r[$0] }
        var suboptimality = Lanes(repeating: 0)
        for k in 0..<blocks { suboptimality += Lanes(repeating: 0.5 * eigenvalues[k]) * (r[k] * r[k]) }
        return Measures(
            distanceSquared: distanceSquared, distance: norm(sumOfSquares: distanceSquared, dimension: blocks) { r[$0] },
            suboptimality: suboptimality, objective: suboptimality,
            gradientSquared: sumOfSquares(blocks) { r[$0] * eigenvalues[$0] })
    }
}
