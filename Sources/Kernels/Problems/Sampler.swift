/// Which of a step's independent samples is drawn.
enum SampleRole {
    /// For the descent gradient and for variants that take the same components in both.
    case descent
    /// For an ascent gradient with components of its own.
    case ascent
    /// A further one, which algorithms of the user's may ask for.
    case third

    var componentStream: Stream { self == .third ? .thirdComponents : .componentChoice }
}

/// Draws which component of a finite sum each step takes, for eight trials.
protocol Sampler: Sendable {
    /// Vectors it writes for a step.
    var vectorsPerStep: Int { get }

    /// Writes what `steps` need, `vectorsPerStep` vectors each, from the role's stream.
    func fill(_ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, role: SampleRole, steps: Range<Int>)
}

/// One of two components, each with probability 1/2: a bit a step.
///
/// Stream `componentChoice`, draw 0, unit `step / 64`: bit `step mod 64` of U for the descent, of V for the ascent. 0 is
/// the first component, written as +1; 1 is the second, written as -1. A third sample has U of `thirdComponents`.
struct FairCoin: Sampler {
    var vectorsPerStep: Int { 1 }

    func fill(_ buffer: UnsafeMutablePointer<Lanes>, generator: PhiloxLanes, role: SampleRole, steps: Range<Int>) {
        let sign = Words(repeating: 0x8000_0000_0000_0000)
        let one = Words(repeating: 0x3FF0_0000_0000_0000)
        var word = Words(repeating: 0)
        for (index, step) in steps.enumerated() {
            let bit = step % 64
            if index == 0 || bit == 0 {
                let (descent, ascent) = generator.draw(0, unit: UInt64(step / 64), stream: role.componentStream)
                word = role == .ascent ? ascent : descent
            }
            buffer[index] = Lanes(bits: ((word &<< Words(repeating: UInt64(63 - bit))) & sign) | one)
        }
    }
}
