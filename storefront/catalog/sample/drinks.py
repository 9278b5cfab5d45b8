"""What is brewed and what goes in: coffee, tea, spices and sugar."""

from .shapes import Product

DRINKS = (
    Product(
        slug="arabika-merbabu-natural",
        name="Arabika Merbabu Natural 200 g",
        category="kopi",
        price=82_000,
        stock=24,
        weight_grams=230,
        summary="Biji utuh dari lereng Merbabu, dijemur bersama buahnya. Manis, dengan rasa buah matang.",
        description=(
            "Buah kopi dipetik merah di kebun petani Getasan, lalu dijemur utuh selama kira-kira tiga minggu. "
            "Cara ini meninggalkan rasa manis dan sedikit asam seperti buah matang.\n\n"
            "Disangrai sedang setiap hari Selasa dalam takaran kecil. Paling enak diseduh saring, "
            "mulai seminggu sampai dua bulan setelah tanggal sangrai di kemasan.\n\n"
            "Isi 200 gram, biji utuh. Tulis di catatan pesanan bila ingin kami giling, beserta alat seduh Anda."
        ),
    ),
    Product(
        slug="arabika-gayo-giling-basah",
        name="Arabika Gayo Giling Basah 200 g",
        category="kopi",
        price=79_000,
        stock=31,
        weight_grams=230,
        summary="Tebal, rendah asam, beraroma rempah. Kopi yang tetap terasa walau diberi susu.",
        description=(
            "Biji dari Aceh Tengah dengan proses giling basah yang khas: kulit tanduk dikupas saat biji masih lembap. "
            "Hasilnya kopi bertubuh tebal dengan asam yang rendah.\n\n"
            "Kami sangrai sedikit lebih gelap dari biasanya. Cocok untuk tubruk, moka pot, dan kopi susu.\n\n"
            "Isi 200 gram, biji utuh."
        ),
    ),
    Product(
        slug="arabika-bajawa-madu",
        name="Arabika Bajawa Proses Madu 200 g",
        category="kopi",
        price=86_000,
        stock=0,
        weight_grams=230,
        summary="Panenan kecil dari Flores, lembut dan manis seperti karamel. Datang sekali setahun.",
        description=(
            "Kopi dari dataran tinggi Ngada, Flores. Sebagian lendir buah dibiarkan menempel saat dijemur, "
            "sehingga rasanya lembut dan manis seperti karamel.\n\n"
            "Kami membeli satu karung setiap musim. Kalau habis, panenan berikutnya datang sekitar bulan Agustus.\n\n"
            "Isi 200 gram, biji utuh."
        ),
    ),
    Product(
        slug="robusta-temanggung",
        name="Robusta Temanggung 250 g",
        category="kopi",
        price=52_000,
        stock=40,
        weight_grams=280,
        summary="Robusta petik merah yang bersih dan pahit cokelat, untuk yang suka kopi tegas.",
        description=(
            "Robusta dari Kandangan, Temanggung, hanya buah merah dan disortir dua kali. "
            "Rasanya pahit cokelat tanpa bau tanah.\n\n"
            "Enak ditubruk dengan sedikit gula jawa, atau jadi dasar es kopi susu.\n\n"
            "Isi 250 gram. Tersedia biji utuh; minta digiling lewat catatan pesanan."
        ),
    ),
    Product(
        slug="kopi-tubruk-pawon",
        name="Kopi Tubruk Pawon 250 g",
        category="kopi",
        price=45_000,
        stock=56,
        weight_grams=275,
        summary="Campuran robusta dan arabika yang sudah digiling halus. Tinggal tuang air mendidih.",
        description=(
            "Tujuh bagian robusta Temanggung dan tiga bagian arabika Merbabu, digiling halus untuk tubruk. "
            "Inilah kopi yang kami minum sendiri setiap pagi.\n\n"
            "Dua sendok teh penuh untuk satu gelas. Tuang air mendidih, aduk, lalu tunggu empat menit "
            "sampai ampas turun.\n\n"
            "Isi 250 gram, bubuk."
        ),
    ),
    Product(
        slug="kopi-saring-sekali-seduh",
        name="Kopi Saring Sekali Seduh, isi 10",
        category="kopi",
        price=68_000,
        stock=18,
        weight_grams=180,
        summary="Kantong saring yang dikaitkan di bibir cangkir. Bekal kopi enak untuk di jalan.",
        description=(
            "Sepuluh kantong, masing-masing berisi 11 gram arabika Merbabu yang baru digiling. "
            "Sobek bagian atas, kaitkan di cangkir, lalu siram 170 ml air panas pelan-pelan.\n\n"
            "Kertasnya tanpa pemutih dan boleh masuk kompos bersama ampasnya."
        ),
    ),
    Product(
        slug="teh-hitam-kemuning",
        name="Teh Hitam Kemuning 100 g",
        category="teh",
        price=38_000,
        stock=27,
        weight_grams=140,
        summary="Teh hitam daun utuh dari lereng Lawu. Merah terang, sepatnya halus.",
        description=(
            "Dipetik di kebun Kemuning, Karanganyar, dan diolah oleh kelompok tani setempat. "
            "Airnya merah terang dengan sepat yang halus.\n\n"
            "Satu sendok teh untuk 200 ml air, diamkan tiga menit. Masih enak diseduh untuk kedua kalinya.\n\n"
            "Isi 100 gram dalam kaleng yang bisa dipakai lagi."
        ),
    ),
    Product(
        slug="teh-melati-tubruk",
        name="Teh Melati Tubruk 150 g",
        category="teh",
        price=27_000,
        stock=62,
        weight_grams=165,
        summary="Teh wangi untuk poci: pekat, harum melati, paling pas dengan gula batu.",
        description=(
            "Teh hijau yang diwangikan tiga malam dengan melati segar dari pesisir Tegal. "
            "Dibungkus kertas, persis seperti teh di warung.\n\n"
            "Untuk satu poci kecil, pakai dua sendok makan dan air yang benar-benar mendidih. "
            "Diamkan sampai wangi, lalu tuang ke cangkir berisi gula batu."
        ),
    ),
    Product(
        slug="teh-hijau-sangrai",
        name="Teh Hijau Sangrai 80 g",
        category="teh",
        price=42_000,
        stock=15,
        weight_grams=110,
        summary="Pucuk muda yang disangrai di wajan besi. Gurih seperti kacang, tidak pahit.",
        description=(
            "Pucuk dan dua daun muda, disangrai tangan di wajan besi dalam takaran lima kilogram. "
            "Rasanya gurih seperti kacang, hampir tanpa sepat.\n\n"
            "Jangan pakai air mendidih: tunggu dua menit setelah mendidih, lalu seduh dua menit saja.\n\n"
            "Isi 80 gram."
        ),
    ),
    Product(
        slug="telang-serai",
        name="Seduhan Telang dan Serai 60 g",
        category="teh",
        price=34_000,
        stock=4,
        weight_grams=90,
        summary="Bunga telang kering dan serai wangi, tanpa daun teh. Biru, lalu ungu bila diberi jeruk.",
        description=(
            "Bunga telang dari pekarangan tetangga kami di Tingkir, dikeringkan bersama irisan serai. "
            "Tanpa daun teh, jadi tidak mengandung kafein.\n\n"
            "Seduh segenggam kecil dengan air panas. Perasan jeruk nipis mengubah warnanya dari biru menjadi ungu.\n\n"
            "Isi 60 gram, kira-kira untuk 20 gelas."
        ),
    ),
    Product(
        slug="gula-semut-aren",
        name="Gula Semut Aren 500 g",
        category="rempah-gula",
        price=39_000,
        stock=44,
        weight_grams=530,
        summary="Gula aren yang dihaluskan jadi butiran. Mudah larut, manisnya dalam.",
        description=(
            "Nira aren dari Boja dimasak sampai mengkristal, lalu diayak menjadi butiran halus. "
            "Tidak dicampur gula pasir.\n\n"
            "Mudah larut di kopi, teh, maupun adonan kue. Simpan rapat supaya tidak menggumpal.\n\n"
            "Isi 500 gram."
        ),
    ),
    Product(
        slug="gula-jawa-batok",
        name="Gula Jawa Batok 500 g",
        category="rempah-gula",
        price=28_000,
        stock=38,
        weight_grams=520,
        summary="Gula kelapa yang dicetak di batok. Untuk kinca, kecap, dan sambal.",
        description=(
            "Gula kelapa dari Purworejo, dicetak di dalam tempurung seperti cara lama. "
            "Warnanya bisa berbeda sedikit dari satu masakan ke masakan berikutnya.\n\n"
            "Sisir dengan pisau untuk kinca dan bumbu, atau gigit sedikit sebagai teman teh tawar.\n\n"
            "Isi empat keping, kira-kira 500 gram."
        ),
    ),
    Product(
        slug="wedang-uwuh",
        name="Wedang Uwuh, isi 8",
        category="rempah-gula",
        price=36_000,
        stock=29,
        weight_grams=260,
        summary="Secang, jahe, cengkih, dan daun kering dalam satu seduhan merah yang hangat.",
        description=(
            "Campuran khas Imogiri: serutan kayu secang, jahe bakar, cengkih, kayu manis, dan daun pala. "
            "Setiap bungkus untuk satu gelas besar, lengkap dengan gula batu.\n\n"
            "Seduh dengan air mendidih dan diamkan lima menit sampai merah, atau rebus sebentar agar lebih pekat."
        ),
    ),
    Product(
        slug="jahe-merah-bubuk",
        name="Jahe Merah Bubuk 150 g",
        category="rempah-gula",
        price=33_000,
        stock=22,
        weight_grams=180,
        summary="Jahe merah kering yang digiling halus, tanpa gula. Pedasnya terasa.",
        description=(
            "Jahe merah dari Ampel, diiris, dikeringkan, lalu digiling. Hanya jahe, tanpa gula dan tanpa pengawet.\n\n"
            "Setengah sendok teh cukup untuk segelas wedang. Bisa juga untuk kue jahe dan bumbu marinasi.\n\n"
            "Isi 150 gram."
        ),
    ),
    Product(
        slug="kayu-manis-batang",
        name="Kayu Manis Batang 100 g",
        category="rempah-gula",
        price=26_000,
        stock=35,
        weight_grams=115,
        summary="Kulit kayu manis dari Kerinci, digulung rapi sepanjang jari. Harum dan manis.",
        description=(
            "Kulit kayu manis dari Kerinci, dipotong sepanjang delapan sentimeter dan diikat tali rami.\n\n"
            "Satu batang cukup untuk satu teko teh, dan masih bisa dipakai sekali lagi.\n\n"
            "Isi 100 gram."
        ),
    ),
    Product(
        slug="madu-randu",
        name="Madu Randu 350 ml",
        category="rempah-gula",
        price=92_000,
        stock=16,
        weight_grams=690,
        summary="Madu ternak dari musim bunga randu. Cokelat terang, manis dengan asam di ujung.",
        description=(
            "Dipanen peternak di Gringsing saat pohon randu berbunga, lalu disaring dingin tanpa pemanasan. "
            "Wajar bila mengkristal; rendam botol di air hangat dan madu cair kembali.\n\n"
            "Tidak untuk bayi di bawah satu tahun.\n\n"
            "Isi 350 ml dalam botol kaca."
        ),
    ),
)
