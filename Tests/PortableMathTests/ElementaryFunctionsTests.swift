import PortableMath
import Testing

// Expected values: 400-bit arithmetic (mpmath), rounded once.

private let expCases: [(Double, Double)] = [
    (0x1.581fef5567df4p+7, 0x1.2cfb5197662f1p+248),
    (0x1.528074fabe640p+8, 0x1.4762ae6cc8871p+488),
    (0x1.9d455fb7d404cp+8, 0x1.2b007689e8ef3p+596),
    (0x1.35b7174221d86p+9, 0x1.917950a637783p+893),
    (0x1.4fdba6311b050p+8, 0x1.746450fefe458p+484),
    (0x1.27a0a3afe0e48p+9, 0x1.001d84b73a5d5p+853),
    (-0x1.49b24359f833dp+9, 0x1.9f2388bc65396p-952),
    (-0x1.8106b9b1a8740p+5, 0x1.7adf04a9e7a2bp-70),
    (0x1.365986104ac78p+9, 0x1.650add09638dap+895),
    (0x1.a120f5ae260ccp+7, 0x1.dbfd8a4ccf8d9p+300),
    (0x1.18a15e3d39784p+9, 0x1.a806e0dad326fp+809),
    (-0x1.0ec17dbaf7d44p+9, 0x1.b2af87a12c5a0p-782),
    (-0x1.5a6d39e82d260p+5, 0x1.70bfcb019df6bp-63),
    (-0x1.62cc4bfa5e0bap+8, 0x1.190a6c6caf4e9p-512),
    (0x1.ea1f22b6c3a00p+5, 0x1.4ec3d04a84645p+88),
    (0x1.9e12164688108p+6, 0x1.45071c441d1f4p+149),
    (-0x1.54d1efee057c2p+9, 0x1.8455c6e7e5e9ap-984),
    (-0x1.8c940a1d92d55p+8, 0x1.d02958256fdd9p-573),
    (-0x1.34b985202302dp+8, 0x1.853716fbd4407p-446),
    (0x1.2371173367156p+9, 0x1.e571f5625a59ap+840),
    (0x1.101a5531d914ep-1, 0x1.b38ee3efcd1b7p+0),
    (-0x1.5c90b69e793a6p-1, 0x1.032ec28fef0c9p-1),
    (0x1.30474d09350f2p-1, 0x1.cfcef00095808p+0),
    (-0x1.71e6f430e7cb8p-1, 0x1.f135049994e6cp-2),
    (0x1.e115e4e3c1808p-3, 0x1.43c9308a874fcp+0),
    (-0x1.7e428e6f12bb6p-1, 0x1.e559994c954d9p-2),
    (-0x1.fe2ebb038a73cp-1, 0x1.7a0c529b0b745p-2),
    (0x1.7c518680ae19cp-1, 0x1.0d08d7451fd18p+1),
    (-0x1.2984441cfae1cp-1, 0x1.1e5b40ce40541p-1),
    (-0x1.2358e7851a8e4p-1, 0x1.21d3eae3ead0bp-1),
    (0x1.b7cdfd9d7bdbbp-34, 0x1.000000006df38p+0),
    (0x0.0p+0, 0x1p+0),
    (0x1p+0, 0x1.5bf0a8b145769p+1),
    (-0x1p+0, 0x1.78b56362cef38p-2),
    (0x1.62d999999999ap+9, 0x1.d75ae7a50ee14p+1023),
]

private let logCases: [(Double, Double)] = [
    (0x1.f6ffe64a9d645p+0, 0x1.59cf9834891b9p-1),
    (0x1.beac3b0aa7ae8p+0, 0x1.1d01138d66ccbp-1),
    (0x1.283f9d2825ba4p-1, -0x1.1820e6f4dd871p-1),
    (0x1.ec46d7ccba9a4p+0, 0x1.4ec734d435cdbp-1),
    (0x1.1415193812552p+0, 0x1.35568aa34c7cap-4),
    (0x1.5b0c98a80bf6ap+0, 0x1.3797917c79b45p-2),
    (0x1.a363712e81d64p-2, -0x1.c90c98fb5ddc6p-1),
    (0x1.e1c79b3dfcd58p+0, 0x1.43be135e8c95ep-1),
    (0x1.619bd20c99aa8p+0, 0x1.4ac4076925ec7p-2),
    (0x1.eee1847dc423ap+0, 0x1.517ac39105742p-1),
    (0x1.c998825886bbdp+0, 0x1.295fc17bcb173p-1),
    (0x1.31f5b782c2d00p-1, -0x1.079d254d569e8p-1),
    (0x1.71dbc6351ba9cp-1, -0x1.4d0250a32994ap-2),
    (0x1.53e0c4ef901b8p-2, -0x1.1a56ace5145acp+0),
    (0x1.2a65c343892dcp-2, -0x1.3ba8dafd36cdap+0),
    (0x1.318b5953454e5p-867, -0x1.2c640e5b21920p+9),
    (0x1.0e2237d4e3ec8p-396, -0x1.126ebb350fe42p+8),
    (0x1.6dab834cdff09p+205, 0x1.1ce7489a066c9p+7),
    (0x1.1ef361743442ep-990, -0x1.570d006f3038ap+9),
    (0x1.91f3026d0bc62p+354, 0x1.eba68735e969ep+7),
    (0x1.deb69dfa4deb6p-324, -0x1.bfe8537d07bd1p+7),
    (0x1.296b039e171dfp-379, -0x1.068d85a090efep+8),
    (0x1.cf84da80f1efbp+634, 0x1.b80c8a1af1c89p+8),
    (0x1.8a05ef4667f4cp-39, -0x1.a99fc69497330p+4),
    (0x1.cc682e57167edp-368, -0x1.fcfb826186f65p+7),
    (0x1.7acd26ad65273p-38, -0x1.9f2a04a1e2f11p+4),
    (0x1.ea5b582932b90p+407, 0x1.1ac2c79d12bb2p+8),
    (0x1.05fd4ec444e92p-883, -0x1.32034e833e9bfp+9),
    (0x1.eddb9b7ca8314p+946, 0x1.482fe929baf35p+9),
    (0x1.fea98be278147p-952, -0x1.4997c13e8408dp+9),
    (0x1p-1074, -0x1.74385446d71c3p+9),
    (Double(bitPattern: 0x12688b70e62b), -0x1.64e69394d9508p+9),
    (0x1.0000000000001p+0, 0x1.fffffffffffffp-53),
    (0x1.fffffffffffffp-1, -0x1p-53),
    (0x1p+1, 0x1.62e42fefa39efp-1),
    (0x1.4000000000000p+3, 0x1.26bb1bbb55516p+1),
]

private let log10Cases: [(Double, Double)] = [
    (0x1.f6ffe64a9d645p+0, 0x1.2c5e1774668cbp-2),
    (0x1.beac3b0aa7ae8p+0, 0x1.ef1a5f17bc0d1p-3),
    (0x1.283f9d2825ba4p-1, -0x1.e6a2121ebc309p-3),
    (0x1.ec46d7ccba9a4p+0, 0x1.22c8dbf52c4e1p-2),
    (0x1.1415193812552p+0, 0x1.0cb007ca62221p-5),
    (0x1.5b0c98a80bf6ap+0, 0x1.0ea53ac081bc7p-3),
    (0x1.a363712e81d64p-2, -0x1.8cfce6f5199e8p-2),
    (0x1.e1c79b3dfcd58p+0, 0x1.1932fb5b3f198p-2),
    (0x1.619bd20c99aa8p+0, 0x1.1f4caa0bda318p-3),
    (0x1.eee1847dc423ap+0, 0x1.252189d9ef0bdp-2),
    (0x1.c998825886bbdp+0, 0x1.024bba807ca90p-2),
    (0x1.31f5b782c2d00p-1, -0x1.c9f1b4a0553d0p-3),
    (0x1.71dbc6351ba9cp-1, -0x1.213f7b963a5fbp-3),
    (0x1.53e0c4ef901b8p-2, -0x1.ea78eb63be072p-2),
    (0x1.2a65c343892dcp-2, -0x1.122dae148cca2p-1),
    (0x1.318b5953454e5p-867, -0x1.04ea8a3f1c64ep+8),
    (0x1.0e2237d4e3ec8p-396, -0x1.dcbcf7eec7a80p+6),
    (0x1.6dab834cdff09p+205, 0x1.eeed9097af4c0p+5),
    (0x1.1ef361743442ep-990, -0x1.29f85a554d345p+8),
    (0x1.91f3026d0bc62p+354, 0x1.ab0acd8c4d870p+6),
    (0x1.deb69dfa4deb6p-324, -0x1.850c2b10317a0p+6),
    (0x1.296b039e171dfp-379, -0x1.c819d8c965044p+6),
    (0x1.cf84da80f1efbp+634, 0x1.7e38c0a5e8de0p+7),
    (0x1.8a05ef4667f4cp-39, -0x1.71b1423897ac0p+3),
    (0x1.cc682e57167edp-368, -0x1.ba18b73c916a6p+6),
    (0x1.7acd26ad65273p-38, -0x1.689b6351e8720p+3),
    (0x1.ea5b582932b90p+407, 0x1.eb34b74cd6058p+6),
    (0x1.05fd4ec444e92p-883, -0x1.09cca83fc94f2p+8),
    (0x1.eddb9b7ca8314p+946, 0x1.1d0f4afb6d06cp+8),
    (0x1.fea98be278147p-952, -0x1.1e47d977cef79p+8),
    (0x1p-1074, -0x1.434e6420f4374p+8),
    (Double(bitPattern: 0x12688b70e62b), -0x1.3600000000000p+8),
    (0x1.0000000000001p+0, 0x1.bcb7b1526e50dp-54),
    (0x1.fffffffffffffp-1, -0x1.bcb7b1526e50fp-55),
    (0x1p+1, 0x1.34413509f79ffp-2),
    (0x1.4000000000000p+3, 0x1p+0),
]

private let powCases: [(Double, Double, Double)] = [
    (0x1.2beb02a1e1d80p+5, 0x1.4b15ed6883ea0p+5, 0x1.4d9d3644fc8e3p+216),
    (0x1.ce87665d02cfep-1, 0x1.143a90ca425f6p+5, 0x1.ea7f050d22460p-6),
    (0x1.24f294a5a2f45p+4, 0x1.2d832653cad80p+3, 0x1.6f8395a0450b1p+39),
    (0x1.d0d03b520ffacp-2, -0x1.b32457e311aaap+5, 0x1.f8fcfbef33608p+61),
    (0x1.21789f4cbe1b4p+3, 0x1.b4f9031a86ff8p+5, 0x1.763fd088a1bb3p+173),
    (0x1.3a6f46b7cdda3p+3, 0x1.eb038fbb0f924p+4, 0x1.1f92bbd0ff09dp+101),
    (0x1.73dcb468f9833p+5, 0x1.a85cb10776f2cp+5, 0x1.bd06da07770d0p+293),
    (0x1.138165333fe5ep+4, -0x1.16cc0b39bfd4ap+4, 0x1.5edf791168ac1p-72),
    (0x1.a3c2eed116e2ap+4, 0x1.089432678abe8p+5, 0x1.d87c490ae7481p+155),
    (0x1.59c4e90be7c49p+2, 0x1.dcec9cdb6fd98p+4, 0x1.74c4853a4aa5ep+72),
    (0x1.3ee403045d678p+5, 0x1.594e79d380efap+5, 0x1.68fe3e26b961ap+229),
    (0x1.d4e25c74c33f5p+0, 0x1.abf7da7d66a68p+5, 0x1.a1d16dbd02665p+46),
    (0x1.23c68b7364b2dp+2, -0x1.31c73644e8a68p+4, 0x1.203f6cfbcc21dp-42),
    (0x1.e8a97ad443366p+4, 0x1.915d1b51c891cp+5, 0x1.63f121b5576bap+247),
    (0x1.0ff7b6079150ap+4, 0x1.973ace9450142p+5, 0x1.0a8e7ed16c4f8p+208),
    (0x1.b41d7fb13513dp+4, -0x1.681864fb5e428p+4, 0x1.99d3f921c869cp-108),
    (0x1.fae1462d3bf55p+3, -0x1.359f0fd825acbp+5, 0x1.aeb0b2e4e4f5fp-155),
    (0x1.f474b4f571d24p+1, -0x1.5116307976bb5p+5, 0x1.152c095decde1p-83),
    (0x1.13ab7a4d7715fp+5, 0x1.dcdb94fa0e250p+5, 0x1.524305d9332d4p+304),
    (0x1.027277f806987p+3, -0x1.b163d1fe48f6bp+5, 0x1.aa269a9d377fcp-164),
    (0x1.8aadfd1e084f5p+5, 0x1.01841eb6a99c0p+2, 0x1.8c8f2c12241dcp+22),
    (0x1.44b5dde32ec20p+4, -0x1.f8504ffe44162p+4, 0x1.1449f4be78536p-137),
    (0x1.db2b0d9e621f4p+4, 0x1.393e628e066a8p+5, 0x1.796cb70998186p+191),
    (0x1.6c88367918bdap+4, -0x1.2c73b8ba191b4p+3, 0x1.935ed0fdb065bp-43),
    (0x1.6486ba2f3d907p+1, 0x1.8f6d33fc99532p+5, 0x1.b9d0b9f62a42cp+73),
    (0x1.4000000000000p+3, -0x1.8000000000000p+1, 0x1.0624dd2f1a9fcp-10),
    (0x1.4000000000000p+3, 0x1p+1, 0x1.9000000000000p+6),
    (0x1p+1, 0x1p-1, 0x1.6a09e667f3bcdp+0),
    (0x1.000000006df38p+0, 0x1.2a05f20000000p+33, 0x1.5bf0aa93f93c0p+1),
]

@Test func expIsCorrectlyRounded() {
    for (x, expected) in expCases { #expect(PortableMath.exp(x) == expected, "exp(\(x))") }
}

@Test func logIsCorrectlyRounded() {
    for (x, expected) in logCases { #expect(PortableMath.log(x) == expected, "log(\(x))") }
}

@Test func log10IsCorrectlyRounded() {
    for (x, expected) in log10Cases { #expect(PortableMath.log10(x) == expected, "log10(\(x))") }
    for k in -300...300 {
        #expect(PortableMath.log10(Double("1e\(k)")!) == Double(k))
    }
}

@Test func powIsCorrectlyRounded() {
    for (x, y, expected) in powCases { #expect(PortableMath.pow(x, y) == expected, "pow(\(x), \(y))") }
}

@Test func expUnderflowsGradually() {
    #expect(PortableMath.exp(-745.2) == 0)
    #expect(PortableMath.exp(-745.0) == Double.leastNonzeroMagnitude)
    #expect(PortableMath.exp(-720.0) == Double(bitPattern: 0x9_93b4_dc95))
    #expect(PortableMath.exp(709.8) == .infinity)
    #expect(PortableMath.exp(-.infinity) == 0)
    #expect(PortableMath.exp(.nan).isNaN)
}

@Test func powFollowsC99() {
    #expect(PortableMath.pow(-2, 3) == -8)
    #expect(PortableMath.pow(-2, 0.5).isNaN)
    #expect(PortableMath.pow(0, -1) == .infinity)
    #expect(PortableMath.pow(0, 2) == 0)
    #expect(PortableMath.pow(.nan, 0) == 1)
    #expect(PortableMath.pow(.infinity, -2) == 0)
    #expect(PortableMath.pow(0.5, .infinity) == 0)
}

@Test func logOfTheEnds() {
    #expect(PortableMath.log(0) == -.infinity)
    #expect(PortableMath.log(-1).isNaN)
    #expect(PortableMath.log(.infinity) == .infinity)
}
