/// A parameter of a law as its model declares it: what it is called, and what it says.
package struct LawParameter: Sendable, Hashable {
    /// What tables, warnings and claims make of a parameter.
    package enum Role: Sendable, Hashable {
        /// The response at x = 0.
        case floor
        /// C of C x^k.
        case prefactor
        /// k of C x^k.
        case exponent
        /// One of several exponents, which holds on a part of the axis.
        case partialExponent
        /// The coefficient of x to this power, in a sum of such terms.
        case term(power: Double)
        /// A place or a size at which the law bends.
        case shape
    }

    package let name: String
    package let role: Role

    init(_ name: String, _ role: Role) {
        self.name = name
        self.role = role
    }

    static let floor = LawParameter("floor", .floor)
    static let prefactor = LawParameter("prefactor", .prefactor)
    static let exponent = LawParameter("exponent", .exponent)
    static let linear = LawParameter("linear", .term(power: 1))
    static let quadratic = LawParameter("quadratic", .term(power: 2))
}
