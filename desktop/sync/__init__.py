"""How it travels: segments, bundles, trust, enrolment, links and receipts. Where a line belongs, from the bytes up:

- **Bytes:** ``strictjson``, ``dsse``, ``agefile``, ``zipstore``, ``frames``, ``files``, ``signed_files``; ``sorts``
  tells which file is which.
- **Segments:** ``birth_lines``, ``decoding``, ``segments``, ``arriving``, ``kept``; ``beside`` reads them in processes.
- **Bundles:** ``manifest``, ``envelope``, ``persons``, ``receipts``; ``sending``, ``scope`` and ``speaking`` make them.
- **Who is believed:** ``identity``, ``certificates``, ``chains``, ``renewing``, ``roots``, ``succession``, ``tree``,
  ``moves``, ``station``; the kernel is ``trust``, beside it ``verdicts`` and ``signers``.
- **Receiving, in its order:** ``receiving`` a merge, ``taking`` a bundle, ``intake`` of its segments, ``forks``,
  ``sorting``, ``judging``; then ``waiting``, ``refusing``, ``staged``, ``lost`` and ``results``.
- **What counts:** ``policy``, ``reach``, ``exclusions``, ``withdrawing``; ``standing`` brings a ledger in line,
  ``restating`` and ``rewriting`` say things anew, ``erasing`` blanks.
- **Other files on sticks:** ``enrolment``, ``recovery``, ``wiped``, with ``words`` to compare; ``copies`` of a laptop.
- **Why not:** ``errors``, ``enrolment_errors``, ``persons_errors``, ``recovery_errors``.
"""
